"""A server on the loopback that speaks OpenAI's chat protocol, and Ollama's, and misbehaves.

    with ChatServer(answer) as server:        answer(messages, count) -> text, or a Reply
        server.base_url, server.requests

`count` is 1 for the first request. A Reply sends any status and body, slowly if asked to.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True)
class Reply:
    """A raw answer: `pause_s` before each of the `chunks`; `location` makes it a redirect."""

    chunks: tuple[bytes, ...]
    status: int = 200
    content_type: str = "application/json"
    pause_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


def completion(text: str) -> bytes:
    """A well-formed answer of the chat protocol."""
    message = {"role": "assistant", "content": text}
    data = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip
    return json.dumps(data).encode()


class ChatServer:
    """Runs in a thread; `requests` are the bodies it got, `paths` what was asked for."""

    def __init__(self, answer: Callable[[list[dict[str, str]], int], str | Reply]) -> None:
        self.requests: list[dict] = []
        self.paths: list[str] = []
        self._stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._serve(self, answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler, answer) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.paths.append(handler.path)
        request = json.loads(body) if body else {}
        self.requests.append(request)
        said = answer(request.get("messages", []), len(self.requests))
        if handler.path.startswith("/api/"):
            message = {"role": "assistant", "content": said}
            line = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message,
                    "done": True, "done_reason": "stop"}  # fmt: skip
            reply = Reply((json.dumps(line).encode() + b"\n",), content_type="application/x-ndjson")
        else:
            reply = said if isinstance(said, Reply) else Reply((completion(said),))
        self._send(handler, reply)

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        try:
            handler.send_response(reply.status)
            handler.send_header("content-type", reply.content_type)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.end_headers()  # no length: the body ends with the connection
            for chunk in reply.chunks:
                if reply.pause_s and self._stop.wait(reply.pause_s):
                    return
                handler.wfile.write(chunk)
                handler.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            time.sleep(0)  # the client had enough, which is what the test is about
