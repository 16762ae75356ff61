"""Gunicorn's settings, for `make run` and for production: `gunicorn --config python:cafe.gunicorn cafe.wsgi`."""

from gunicorn.glogging import Logger

from cafe.logs import SILENT, first_segment, masked


class AccessLogger(Logger):
    """No log may tell that someone asked for help, nor when, nor keep a link that opens somebody's registration."""

    def access(self, resp, req, environ, request_time):
        path = environ.get("PATH_INFO", "")
        if first_segment(path) not in SILENT:
            super().access(resp, req, environ | {"PATH_INFO": masked(path)}, request_time)


logger_class = AccessLogger
# Neither address, query string nor Referer: they would say what the two rules above leave out.
access_log_format = "%(t)s %(s)s %(m)s %(U)s %(B)s %(M)sms"
workers = 2
worker_class = "sync"
timeout = 30
graceful_timeout = 8
control_socket_disable = True
