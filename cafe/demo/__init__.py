"""The demonstration: a fictional CPTS, filled by `manage.py demo`."""
