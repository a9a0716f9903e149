"""Databases of earlier releases, as SQL dumps, and the making of one.

Every migration is tested on them (test_releases.py), so a dump is never changed. To add one, when a release is tagged:

    PYTHONPATH=platform .venv/bin/python -m config.tests.releases 0.2
"""
