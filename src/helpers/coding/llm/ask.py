"""Questions to answers: what the store has not is asked, in batches and side by side, within the budget; what comes is kept."""

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import notices, store
from helpers.codebook import Codebook
from helpers.coding.llm.answers import ATTEMPTS, Answer, Answers, key
from helpers.coding.llm.check import REFUSED, Coded, check, one
from helpers.coding.llm.client import Client, Refusal
from helpers.coding.llm.prompt import Prompt
from helpers.coding.llm.reply import Reply
from helpers.coding.llm.settings import ModelError, Settings
from helpers.coding.llm.tokens import estimate

_OUT = 45  # tokens of the codes of one unit, before any are known
_REFUSED, _REFUSED_ALL = 25, 3  # requests refused one after the other that end a run: after answers, and before any
_PATIENCE, _HURRY = 120.0, 2.0  # seconds that requests under way have when a run ends early


@dataclass(frozen=True)
class Asking:
    """What is asked of whom: settings, prompt and codebook, and the file in which answers are kept."""

    settings: Settings
    prompt: Prompt
    codebook: Codebook
    path: Path

    def key(self, item: dict) -> str:
        """Return the key of the question about one unit."""
        return key(self.settings.model, self.settings.temperature, self.prompt.hash, item)


def complete(asking: Asking, items: list[dict]) -> list[Answer | None]:
    """Return the answer about each item, in order; a faulty one after two in vain, None where nobody could be asked.

    Items: id, text, heading, before, after, form, year. Raises ModelError where the endpoint fails or the budget ends; what
    came until then is kept.
    """
    keys = [asking.key(item) for item in items]
    own = Answers(asking.path).refresh()
    if asking.settings.answers:
        _import(asking.settings.answers, own, keys)
    if own.n_damaged:
        notices.say(f"{own.path.name}: {own.n_damaged:,} damaged lines were passed over")
    wanted = dict(zip(keys, items, strict=True))
    if missing := [k for k in wanted if not own.settled(k)]:
        if asking.settings.url:
            with _turn(own):
                own.refresh()
                _Round(asking, own, {k: wanted[k] for k in missing if not own.settled(k)})()
        else:
            _replayed_in_part(own, missing, wanted, asking.settings)
    return [_held(own.get(k), item, asking.codebook) for k, item in zip(keys, items, strict=True)]


def _held(kept: Answer | None, item: dict, codebook: Codebook) -> Answer | None:
    """Return an answer as it counts: a checksum says that a line is whole, not that its codes fit codebook and sentence."""
    if kept is None or kept.fault:
        return kept
    found = one({"statement": kept.statement, "tools": list(kept.tools), "evidence": kept.evidence}, item["text"], codebook)
    return replace(kept, statement=found.statement, tools=found.tools, evidence=found.evidence, fault=found.fault)


def _import(file: str, own: Answers, keys: list[str]) -> None:
    """Take over the answers of another file that are asked for here."""
    path = store.resolve(file)
    if not path.exists():
        raise ModelError(f"{file}: no such file of answers; --answers must name a store that a run has kept")
    others = Answers(path).refresh()
    if others.n_damaged:
        notices.say(f"{path.name}: {others.n_damaged:,} damaged lines were passed over")
    own.add(found for k in dict.fromkeys(keys) if not own.settled(k) and (found := others.get(k)) is not None)


def _replayed_in_part(own: Answers, missing: list[str], wanted: dict, settings: Settings) -> None:
    if len(missing) == len(wanted):
        raise ModelError(
            f"{own.path}: holds no answer of {settings.model} to this prompt and these units; name the endpoint (llm_url), or "
            "replay with the model, temperature, prompt, codebook and documents of the run that kept the answers (--answers FILE)"
        )
    notices.say(
        f"{len(missing):,} of {len(wanted):,} units have no answer and nobody is asked (llm_url is empty): coded otherwise"
    )


class _turn:
    """One run asks at a time: another waits, and then finds what was answered meanwhile."""

    def __init__(self, own: Answers):
        self._own = own

    def __enter__(self) -> None:
        self._own.check()
        path = self._own.path
        try:
            self._lock = FileLock(path.with_name(f".{path.name}.asking"))
            self._lock.acquire(timeout=0.5)
        except Timeout:
            notices.say("another run is asking the model for answers in this store; waiting for it")
            self._lock.acquire()
        except OSError as error:
            raise ModelError(f"{path}: answers cannot be kept ({error.strerror}); check its folder's permissions") from None

    def __exit__(self, *_error) -> None:
        self._lock.release()


class _Round:
    """Asks about some units until each is settled, or the budget is used up."""

    def __init__(self, asking: Asking, own: Answers, wanted: dict[str, dict]):
        self.asking, self.own, self.wanted = asking, own, wanted
        alone = [[k] for k in wanted if own.get(k) is not None]  # answered badly once already
        fresh = [k for k in wanted if own.get(k) is None]
        size = asking.settings.batch
        self.queue = deque([*(fresh[at : at + size] for at in range(0, len(fresh), size)), *alone])
        self.used, self.ratio, self.n_done = 0, 1.0, 0
        self.refused, self.put_off = 0, {}  # requests refused one after the other; units refused alone
        self.answered = own.knows(asking.prompt.hash)

    def __call__(self) -> None:
        if not self.queue:
            return
        settings, waiting = self.asking.settings, {}
        with Client(settings) as client, notices.counting("answers", len(self.wanted)) as count:
            self._tell_beforehand()
            pool = ThreadPoolExecutor(settings.concurrency)
            try:
                while self.queue or waiting:
                    while self.queue and len(waiting) < settings.concurrency and self._affordable(waiting.values()):
                        keys = self.queue.popleft()
                        items = self._items(keys)
                        call = pool.submit(
                            client.ask, self.asking.prompt.messages(items), self.asking.prompt.schema, len(items), _say
                        )
                        waiting[call] = keys
                    if not waiting:
                        raise ModelError(self._stopped())
                    for call in wait(waiting, return_when=FIRST_COMPLETED).done:
                        self._take(call, waiting.pop(call), count)
                self._give_up(count)
            except BaseException as error:
                client.stop()
                for call in waiting:
                    call.cancel()
                wait(waiting, timeout=_PATIENCE if isinstance(error, ModelError) else _HURRY)  # what is under way was paid for
                self._keep_what_came(waiting, count)
                raise
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _items(self, keys: list[str]) -> list[dict]:
        """Return the items of a batch; an id that two of them share (units of two folders) is made two."""
        items, ids = [self.wanted[k] for k in keys], set()
        for at, item in enumerate(items):
            items[at] = item if item["id"] not in ids else {**item, "id": f"{item['id']}~{at}"}
            ids.add(items[at]["id"])
        return items

    def _take(self, call: Future, keys: list[str], count: notices.Count) -> None:
        """Keep what one request brought; units answered badly are asked once more, each alone."""
        try:
            reply: Reply = call.result()
        except Refusal as refusal:
            self._refuse(refusal, keys)
            return
        self.refused, self.answered = 0, True
        self._give_up(count)
        items = self._items(keys)
        said = check(reply.content, items, self.asking.codebook)
        tokens = (reply.tokens_in or self._cost(items, 0), reply.tokens_out or estimate(str(reply.content)))
        self.used += sum(tokens)
        self.ratio = max(0.5, sum(tokens) / max(1, self._cost(items)))
        answers = [self._answer(k, item, said[item["id"]], reply, tokens, len(keys)) for k, item in zip(keys, items, strict=True)]
        self.own.add(answers)
        again = [answer.key for answer in answers if not self.own.settled(answer.key)]
        self.queue.extend([k] for k in again)
        self.n_done += len(keys) - len(again)
        count.what = f"answers ({self.used:,} tokens)"
        count.add(len(keys) - len(again))

    def _refuse(self, refusal: Refusal, keys: list[str]) -> None:
        """Ask the units of a refused request alone; one refused alone waits until it is sure that others are answered."""
        self.refused += 1
        if self.refused >= (_REFUSED if self.answered else _REFUSED_ALL):
            raise refusal
        if len(keys) > 1:
            self.queue.extend([k] for k in keys)
        else:
            self.put_off[keys[0]] = refusal

    def _give_up(self, count: notices.Count) -> None:
        """Keep of the units that were refused alone that they are lost; raise the refusal where nothing else was answered."""
        if not self.put_off:
            return
        if not self.answered:
            raise next(iter(self.put_off.values()))
        nothing, lost = Reply(None, "", 0, 0), Coded(fault=REFUSED)
        self.own.add(self._answer(k, self.wanted[k], lost, nothing, (0, 0), 1, ATTEMPTS) for k in self.put_off)
        self.n_done += len(self.put_off)
        count.add(len(self.put_off))
        self.put_off = {}

    def _keep_what_came(self, waiting: dict[Future, list[str]], count: notices.Count) -> None:
        for call, keys in waiting.items():
            if call.done() and not call.cancelled() and call.exception() is None:
                self._take(call, keys, count)

    def _answer(self, k: str, item: dict, said: Coded, reply: Reply, tokens: tuple, n: int, attempt: int = 0) -> Answer:
        settings, before = self.asking.settings, self.own.get(k)
        return Answer(
            k, settings.model, float(settings.temperature), self.asking.prompt.hash, item["id"], said.statement, said.tools,
            said.evidence, said.fault, attempt or (1 if before is None else before.attempt + 1),
            datetime.now(UTC).isoformat(timespec="seconds"), reply.version, *(round(t / n, 2) for t in tokens),
        )  # fmt: skip

    def _cost(self, items: list[dict], out: int = _OUT) -> int:
        return cost(self.asking.prompt, items, out)

    def _affordable(self, under_way) -> bool:
        budget = self.asking.settings.budget
        asked = [*under_way, self.queue[0]]
        return not budget or self.used + self.ratio * sum(self._cost(self._items(keys)) for keys in asked) <= budget

    def _tell_beforehand(self) -> None:
        settings, n = self.asking.settings, len(self.queue)
        tokens = sum(self._cost(self._items(keys)) for keys in self.queue)
        limit = f"the budget is {settings.budget:,}" if settings.budget else "there is no budget"
        notices.say(
            f"{len(self.wanted):,} units will be asked of {settings.model} at {settings.host} in {n:,} "
            f"request{'s' if n != 1 else ''}, about {tokens:,} tokens; {limit}"
        )

    def _stopped(self) -> str:
        need = ceil(self.ratio * sum(self._cost(self._items(keys)) for keys in self.queue))
        return (
            f"the budget of {self.asking.settings.budget:,} tokens ends here: {self.n_done:,} of {len(self.wanted):,} units were "
            f"answered for {self.used:,} tokens and are kept in {self.own.path.name}; the rest needs about {need:,} (llm_budget)"
        )


def cost(prompt: Prompt, items: list[dict], out: int = _OUT) -> int:
    """Return the tokens that a request is likely to take, `out` of each answer among them."""
    return _told(prompt.system + prompt.user) + sum(estimate("".join(map(str, item.values()))) + 25 + out for item in items)


_told = lru_cache(8)(estimate)  # the same prompt goes with every request


def _say(sentence: str) -> None:
    notices.say(sentence)
