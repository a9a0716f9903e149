"""The pictures of the documents, made from the demo data: `make screenshots`."""

import sys
from pathlib import Path

from chaos.proxy import ROOT
from shots.chromium import NoChromium, chromium
from shots.inspector import inspector_pictures
from shots.page import page_pictures
from shots.served import served
from shots.terminal import terminal_picture

IMAGES = ROOT / "docs" / "images"


def main(images: Path) -> None:
    """Write all pictures into a folder and say which."""
    images.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, served(debug=True) as product:
        # The terminal's first: it shows the feed as the demo data has it, before anybody looks around.
        for path in (
            terminal_picture(product, images),
            *page_pictures(browser, product, images),
            *inspector_pictures(browser, product, images),
        ):
            sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1_000:,.0f} kB\n")


if __name__ == "__main__":
    try:
        main(IMAGES)
    except NoChromium as error:
        sys.exit(str(error))
