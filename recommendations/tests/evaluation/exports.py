"""Small data sets and their exports, written from the protocol and without the product's code."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

EVENT_COLUMNS = [
    "event_id",
    "title",
    "description",
    "category",
    "tags",
    "lat",
    "lng",
    "start_at",
    "group_id",
    "venue_id",
]
INTERACTION_COLUMNS = ["user_id", "event_id", "action", "created_at"]
USER_COLUMNS = ["user_id", "lat", "lng", "declared_interests"]
CATEGORIES = ("music", "tech", "food", "sports")
T = datetime(2026, 3, 1)
LATER = datetime(2026, 4, 1)


@dataclass
class DataSet:
    """Rows as they are written; times as datetimes."""

    users: list[dict]
    events: list[dict]
    interactions: list[dict]


def made(people=20, weeks_before=10, weeks_after=6):
    """Make people who keep to two organisers with an event a week each."""
    chance = Random(5)
    users = [
        {
            "user_id": f"u{number:02}",
            "lat": 48 + number / 100,
            "lng": 14.0,
            "declared_interests": "food" if number % 3 else "",
        }
        for number in range(people)
    ]
    events, interactions = [], []
    for week in range(-weeks_before, weeks_after):
        for group in range(5):
            event = {
                "event_id": f"e{len(events):03}", "title": f"Evening of {group}", "description": "Come, all of you",
                "category": CATEGORIES[group % 4], "tags": f"{CATEGORIES[group % 4]}|evening", "lat": 48 + group / 50,
                "lng": 14.1, "start_at": T + timedelta(days=7 * week + group, hours=19), "group_id": f"g{group}",
                "venue_id": f"v{group % 3}",
            }  # fmt: skip
            events.append(event)
            for number, user in enumerate(users):
                # The last ones have no history.
                at = event["start_at"] - timedelta(days=chance.choice([2, 5, 9, 20]), minutes=chance.randrange(900))
                if group not in (number % 5, (number + 2) % 5) or (number > people - 7 and at < T):
                    continue
                if chance.random() < 0.6:
                    action = chance.choice(["APPLY", "APPLY", "APPLY", "SAVE", "VIEW", "DISMISS"])
                    interactions.append(
                        {"user_id": user["user_id"], "event_id": event["event_id"], "action": action, "created_at": at}
                    )
    return DataSet(users, events, interactions)


def write_dataset(data: DataSet, into: Path, *, monthly=False):
    """Write a data set as a whole, with what the scorer wants to know of it."""
    into.mkdir(parents=True)
    _write(into / "users.csv", USER_COLUMNS, data.users)
    _write(into / "events.csv", EVENT_COLUMNS, data.events)
    _write(into / "interactions.csv", INTERACTION_COLUMNS, data.interactions)
    single = {"kind": "single", "t_test": str(T), "t_val": str(T - timedelta(days=7))}
    months = {"kind": "monthly", "first": str(T), "last": str(LATER), "horizon_days": 60}
    (into / "meta.json").write_text(json.dumps(months if monthly else single))


def write_export(data: DataSet, into: Path, moments=(T,)):
    """Write what is known at each moment, and a task for whoever later applied to something that was new to them."""
    into.mkdir(parents=True)
    _write(into / "users.csv", USER_COLUMNS, data.users)
    tasks = []
    for number, now in enumerate(moments):
        folder = into / f"window_{number}"
        folder.mkdir()
        known = [each for each in data.interactions if each["created_at"] < now]
        ahead = [event for event in data.events if event["start_at"] > now]
        _write(folder / "candidates.csv", EVENT_COLUMNS, ahead)
        _write(folder / "past_events.csv", EVENT_COLUMNS, [event for event in data.events if event["start_at"] <= now])
        _write(folder / "interactions.csv", INTERACTION_COLUMNS, known)
        until = T.replace(month=now.month + 1) if len(moments) > 1 else datetime.max
        names = sorted({user for (user, _) in relevant(data, now, until)})
        tasks += [{"window": number, "now": str(now), "user_id": name} for name in names]
    _write(into / "tasks.csv", ["window", "now", "user_id"], tasks)


def relevant(data: DataSet, now, until=datetime.max):
    """Return the pairs of a user and an event that the user applied to, later and not before known to them."""
    touched = {(each["user_id"], each["event_id"]) for each in data.interactions if each["created_at"] < now}
    ahead = {event["event_id"] for event in data.events if event["start_at"] > now}
    chosen = {
        (each["user_id"], each["event_id"])
        for each in data.interactions
        if each["action"] == "APPLY" and now <= each["created_at"] < until and each["event_id"] in ahead
    }
    return chosen - touched


def heuristic_order(data: DataSet, user, now):
    """Return the candidates in the interim order, less what the user touched: the contract's words in plain Python."""
    known = [each for each in data.interactions if each["created_at"] < now]
    touched = {each["event_id"] for each in known if each["user_id"] == user["user_id"]}
    rows = []
    for place, event in enumerate(data.events):
        if event["start_at"] > now and event["event_id"] not in touched:
            count = sum(each["event_id"] == event["event_id"] for each in known)
            match = event["category"] in user["declared_interests"].split("|")
            rows.append((not match, -count, event["start_at"], place, event["event_id"]))
    return [row[-1] for row in sorted(rows)]


def _write(path: Path, columns, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
