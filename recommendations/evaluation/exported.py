"""This file holds the evaluation of an exported data set: its windows, and what its files say was known."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from events.models import Event
from interactions.loading.load import load_dataset
from recommendations.evaluation.dataset import candidates_of, windows_of, write_known
from recommendations.evaluation.judging import truths_in
from recommendations.evaluation.scratch import scratch_copy
from recommendations.evaluation.source import Say, TaskWindow, Truth


class Exported:
    """A folder as the protocol has it; judged, if the whole data set that it was made of is given, too."""

    def __init__(self, directory: Path, *, dataset: Path | None = None, windows: int | None = None) -> None:
        """Read the tasks, of the first so many windows only if a number is given; BadExport if they are not there."""
        self.directory = directory
        self.windows = windows_of(directory)[:windows]
        self.truths: Mapping[tuple[str, str], Truth] = {}
        if dataset is not None:
            self.truths = truths_in(directory, dataset, self.windows)

    @contextmanager
    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> Iterator[dict[int, str]]:
        """Point Django at a scratch database that knows what was known at a window's moment; give its events' names."""
        with tempfile.TemporaryDirectory() as folder, scratch_copy(template):
            dropped = write_known(self.directory, window, Path(folder))
            if dropped:
                say(f"window {window.name}: {dropped:,} interactions with unknown events dropped")
            load_dataset(Path(folder), progress=lambda name, number: None)
            yield {pk: str(name) for pk, name in Event.objects.values_list("pk", "external_id")}

    def candidates_in(self, window: TaskWindow) -> int:
        """Return how many events could be recommended in a window."""
        return len(candidates_of(self.directory, window))
