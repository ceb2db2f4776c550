"""Chat models by name, for narrators: every OpenAI-compatible endpoint, and Ollama.

Settings -> a LangChain chat model with a bounded connection: no redirects, no proxies, no packed
answers, no more bytes and no more seconds than allowed, however slowly a server sends them. The
packages belong to the extras `openai` and `ollama` and are imported here, when one is asked for.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from unmask.errors import UsageError
from unmask.registry import Registry
from unmask.settings import Settings

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models import BaseChatModel

ANSWER_BYTES_MAX = 2**20  # of a response; our longest answers have some 30 KiB
MODEL_NAME = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,99}")
FIXED_TEMPERATURE = re.compile(r"o\d")  # OpenAI's reasoning models take no other than their own

CHAT_MODELS: Registry[Callable[[str, Settings], BaseChatModel]] = Registry("chat model")


def make_chat_model(name: str, model: str, settings: Settings) -> BaseChatModel:
    """The chat model; UsageError where its package, its model name or its key is missing."""
    if not MODEL_NAME.fullmatch(model):
        raise UsageError(
            f"the narrator {name} needs the name of a model, got {model!r}",
            f"for instance UNMASK_LLM={name}:NAME, or --narrator {name}:NAME",
        )
    try:
        return CHAT_MODELS.get(name)(model, settings)
    except ImportError as error:
        raise UsageError(
            f"the narrator {name} needs a package that is not installed: {error.name}",
            f"pip install 'unmask[{name}]'",
        ) from None


@CHAT_MODELS.register("openai")
def openai(model: str, settings: Settings) -> BaseChatModel:
    """Every endpoint that speaks OpenAI's chat protocol (OpenAI, vLLM, llama-server, …)."""
    from langchain_openai import ChatOpenAI

    key = settings.llm_api_key.get_secret_value()
    if not key and not settings.llm_base_url:
        key = os.environ.get("OPENAI_API_KEY", "")  # OpenAI's own key goes to OpenAI alone
        if not key:
            raise UsageError(
                "the narrator openai has neither a key nor an address",
                "set UNMASK_LLM_API_KEY, or UNMASK_LLM_BASE_URL to a server of your own",
            )
    options: dict[str, Any] = {} if FIXED_TEMPERATURE.match(model) else {"temperature": 0.0}
    return ChatOpenAI(
        model=model,
        base_url=settings.llm_base_url or None,
        api_key=SecretStr(key or "none"),
        timeout=settings.llm_timeout_s,
        max_retries=0,
        http_client=bounded_client(settings.llm_timeout_s),
        **options,
    )


@CHAT_MODELS.register("ollama")
def ollama(model: str, settings: Settings) -> BaseChatModel:
    """A model that Ollama serves, by default on this machine."""
    from langchain_ollama import ChatOllama

    return ChatOllama(
        model=model,
        base_url=settings.llm_base_url or "http://127.0.0.1:11434",
        temperature=0.0,
        format="json",
        client_kwargs={
            "transport": bounded_transport(settings.llm_timeout_s),
            "timeout": settings.llm_timeout_s,
            "follow_redirects": False,
            "trust_env": False,
        },
    )


def bounded_client(timeout_s: float) -> httpx.Client:
    """A client whose answers are bounded in time and size."""
    import httpx

    return httpx.Client(
        transport=bounded_transport(timeout_s),
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
    )


def bounded_transport(timeout_s: float) -> httpx.BaseTransport:
    """A transport that ends an answer which takes too long, is too large, or comes packed."""
    import httpx

    class Bounded(httpx.SyncByteStream):
        def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
            self._stream, self._deadline = stream, deadline

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._stream:
                size += len(chunk)
                if size > ANSWER_BYTES_MAX:
                    raise httpx.ReadError("the answer is too large")
                if time.monotonic() > self._deadline:
                    raise httpx.ReadTimeout("the answer takes too long")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    class Transport(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["accept-encoding"] = "identity"
            deadline = time.monotonic() + timeout_s
            response = super().handle_request(request)
            stream = response.stream
            # what is packed may unpack to gigabytes, and a redirect may lead anywhere
            packed = response.headers.get("content-encoding", "identity") != "identity"
            if packed or response.is_redirect or not isinstance(stream, httpx.SyncByteStream):
                response.close()
                raise httpx.ReadError("the answer is packed, or a redirect")
            response.stream = Bounded(stream, deadline)
            return response

    return Transport()
