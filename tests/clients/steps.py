"""The steps of a client's program: they run in the order they are written, each says in one line of JSON how it went.

    @step
    def who_am_i(): ...

    sys.exit(run())

prints `{"step": "who-am-i", "ok": true, "ms": 12}`, or `"ok": false` with an `"error"` in which no secret stands.
"""

import json
import os
import time

_steps = []

# What the runner tells a program. Through the gateway, PERCH_KEY is an API key and the last four are issued by perch.
URL = os.environ["PERCH_URL"]
KEY = os.environ["PERCH_KEY"]
USER_ID = os.environ["PERCH_USER_ID"]
USERNAME = os.environ["PERCH_USERNAME"]
_SECRETS = ["PERCH_KEY", "PERCH_CONSUMER_SECRET", "PERCH_TOKEN", "PERCH_TOKEN_SECRET"]

# X refuses the same text twice, so each run has its own.
_RUN = os.urandom(4).hex()


def step(function):
    """Adds a step, named as the function is."""
    _steps.append(function)
    return function


def run():
    """Runs every step, even after a failed one, and gives the exit status."""
    failed = 0
    for function in _steps:
        report = _report(function)
        failed += not report["ok"]
        print(json.dumps(report), flush=True)
    return 1 if failed else 0


def text(about):
    """A text that no other run has tweeted."""
    return f"{about} ({_RUN})"


def wrong(key):
    """`key` with another last character."""
    return key[:-1] + ("b" if key.endswith("a") else "a")


def equal(found, wanted):
    """Fails unless the two are equal."""
    if found != wanted:
        raise AssertionError(f"found {found!r} instead of {wanted!r}")


def raised(kind, call):
    """The exception of `kind` that `call` raises; fails if it raises none."""
    try:
        answer = call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} but {answer!r}")


def _report(function):
    name, started = function.__name__.replace("_", "-"), time.monotonic()
    try:
        function()
        outcome = {"ok": True}
    except Exception as error:
        outcome = {"ok": False, "error": _without_secrets(f"{type(error).__name__}: {error}")}
    return {"step": name, **outcome, "ms": round((time.monotonic() - started) * 1000)}


def _without_secrets(words):
    for name in _SECRETS:
        words = words.replace(os.environ.get(name) or "\0", f"<{name}>")
    return words
