"""Servers of Python's own library whose handlers name themselves: files, wsgi or urlparse, and a port."""

import http.server
import sys
from urllib.parse import unquote, urlparse
from wsgiref.simple_server import WSGIRequestHandler, make_server


def handler_of(path):
    segments = [segment for segment in path.split("/") if segment]
    if segments[:2] == ["api", "admin"]:
        return "admin"
    if segments[:2] == ["api", "public"]:
        return "public" if len(segments) > 2 else "public-index"
    if segments == ["api", "export"]:
        return "export"
    if len(segments) > 3 and segments[:2] == ["api", "v1"] and segments[-1] == "secrets":
        return "secrets"
    return "other"


class Files(http.server.SimpleHTTPRequestHandler):
    """Names a file, or the directory that is listed, by where it is below the served directory."""

    def end_headers(self):
        served = self.translate_path(self.path)[len(self.directory):]
        self.send_header("x-handler", handler_of(served))
        super().end_headers()

    def log_message(self, *_):
        pass


class UrlParse(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("x-handler", handler_of(unquote(urlparse(self.path).path)))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def application(environ, start_response):
    start_response("200 OK", [("x-handler", handler_of(environ["PATH_INFO"])), ("content-length", "0")])
    return [b""]


kind, port = sys.argv[1], int(sys.argv[2])
address = ("127.0.0.1", port)
if kind == "wsgi":
    make_server(*address, application, handler_class=Quiet).serve_forever()
else:
    http.server.ThreadingHTTPServer(address, Files if kind == "files" else UrlParse).serve_forever()
