"""The grammar of iCalendar's lines, written down from RFC 5545."""

import re

# 3.1: a control is any but the tab; QSAFE and SAFE may hold whatever is beyond ASCII.
_SAFE = "[\t !#-+\\--9<-~\u0080-\U0010ffff]"
_QUOTED = '"[\t !#-~\u0080-\U0010ffff]*"'
_NAME = "[A-Za-z0-9-]+"
_PARAMETER = f";{_NAME}=(?:{_QUOTED}|{_SAFE}*)(?:,(?:{_QUOTED}|{_SAFE}*))*"
_LINE = re.compile(f"({_NAME})((?:{_PARAMETER})*):([\t -~\u0080-\U0010ffff]*)")
# 3.3.11, with the comma that separates the values of a list.
_TEXT = re.compile(r'(?:\\[\\;,nN]|[\t !-+\--:<-\[\]-~\u0080-\U0010ffff])*', re.ASCII)  # fmt: skip
_TEXTS = re.compile(f"{_TEXT.pattern}(?:,{_TEXT.pattern})*")
_UTC = re.compile("[0-9]{8}T[0-9]{6}Z")
_TIME = re.compile("[0-9]{8}T[0-9]{6}Z?")
_FLOAT = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_ENTRY = {
    "UID": _TEXT, "DTSTAMP": _UTC, "SEQUENCE": re.compile("[0-9]+"), "DTSTART": _TIME, "DTEND": _TIME, "SUMMARY": _TEXT, "DESCRIPTION": _TEXT,
    "LOCATION": _TEXT, "GEO": re.compile(f"{_FLOAT};{_FLOAT}"), "CATEGORIES": _TEXTS,
    "URL": re.compile("https?://[!-~\u0080-\U0010ffff]+"), "STATUS": re.compile("CONFIRMED|CANCELLED"),
    "TRANSP": re.compile("TRANSPARENT"), "CONFERENCE": re.compile("https?://[!-~\u0080-\U0010ffff]+"),
}  # fmt: skip
_OFFSET = re.compile("[+-][0-9]{4}([0-9]{2})?")
_ONSET = {
    "DTSTART": re.compile("[0-9]{8}T[0-9]{6}"), "TZOFFSETFROM": _OFFSET, "TZOFFSETTO": _OFFSET, "TZNAME": _TEXT,
}  # fmt: skip
_CALENDAR = {
    "VERSION": re.compile(r"2\.0"), "PRODID": _TEXT, "CALSCALE": re.compile("GREGORIAN"), "NAME": _TEXT,
    "X-WR-CALNAME": _TEXT, "REFRESH-INTERVAL": re.compile("PT[0-9]+H"), "X-PUBLISHED-TTL": re.compile("PT[0-9]+H"),
}  # fmt: skip


def escaped(text):
    """Return a text as the value of a property (3.3.11)."""
    return text.replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def unfolded(data):
    """Return the lines of a calendar; AssertionError for one that is too long, or ends otherwise than by CRLF."""
    assert data.endswith(b"\r\n")
    physical = data.removesuffix(b"\r\n").split(b"\r\n")
    assert [line for line in physical if len(line) > 75 or b"\r" in line or b"\n" in line or not line] == []
    for line in physical:
        # Every part is text by itself: no character lies in two.
        line.decode()
    return b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")


def entries_of(data):
    """Return each entry's properties by name; AssertionError for anything that the grammar does not have."""
    entries, inside = [], []
    for line in unfolded(data):
        match = _LINE.fullmatch(line)
        assert match, line
        name, _, value = match.groups()
        if name == "BEGIN":
            inside.append(value)
            entries += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert inside.pop() == value
        elif inside == ["VCALENDAR"]:
            assert _CALENDAR[name].fullmatch(value), line
        elif inside == ["VCALENDAR", "VTIMEZONE"]:
            assert name == "TZID", line
        elif inside[1:] in (["VTIMEZONE", "STANDARD"], ["VTIMEZONE", "DAYLIGHT"]):
            assert _ONSET[name].fullmatch(value), line
        else:
            assert inside == ["VCALENDAR", "VEVENT"], line
            assert name not in entries[-1], line
            assert _ENTRY[name].fullmatch(value), line
            entries[-1][name] = value
    assert inside == []
    assert [entry for entry in entries if not {"UID", "DTSTAMP", "DTSTART"} <= entry.keys()] == []
    return entries
