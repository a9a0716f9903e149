"""Recorded answers of every route, so that nothing changes in them by accident.

The cases ask the demo data, with the clock stopped. What they were answered is in recorded/, as JSON to be read and
reviewed. Fields may be added and words may change; whatever else changes is named in the CHANGELOG and recorded anew:

    make answers
"""
