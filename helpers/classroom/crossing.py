"""What crosses the pipe between a submission and the check of it, as text: nothing is unpickled.

Plain data are sent: None, truth values, numbers, text, lists, tuples, sets, dictionaries, arrays. A
generator, parameters, a character model, an automaton, and PyTorch's tensors and layers are named, and made
again on the other side from their numbers. Functions stay where they are and are called over the pipe.
Anything else stays as well, behind a number, for a later function of the same answer.
"""

import io
import json
import math
import weakref
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from helpers.networks import CELLS, CharModel, Parameters

MOST = 64_000_000               # bytes of one message
KINDS = "biufcU"                # of arrays
WORDS = 200                     # letters of a description or a name
TOLD = 2000                     # letters of what an error says
PLAIN = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class Strange(BaseException):
    """A message that no side would send; it is no error of an answer, which a check would take up."""


class Thing:
    """What stays on the other side. It has a number there, and words that describe it."""

    def __init__(self, number: int, words: str) -> None:
        self.number, self.words = number, words

    def __repr__(self) -> str:
        return self.words


class Named(NamedTuple):
    """How something with a name is taken apart, made of them, and brought to a later state."""

    apart: Callable[[Any], Any]
    together: Callable[..., Any]
    bring: Callable[[Any, Any], None]


def _generator(state: Mapping) -> np.random.Generator:
    rng = np.random.default_rng(0)
    rng.bit_generator.state = state
    return rng


def _model(cell: str, symbols: int, units: int, vector: np.ndarray) -> CharModel:
    model = CharModel(CELLS[cell](symbols, units), np.random.default_rng(0), dtype=vector.dtype)
    model.params.vector = vector
    return model


def _automaton(*parts: np.ndarray) -> Any:
    return import_module("helpers.lessons.lesson12.experiments").Automaton(*parts)


def _layer(kind: str, sizes: tuple[int, int], state: Mapping[str, np.ndarray]) -> Any:
    torch = import_module("torch")
    where = {"LSTM": "torch.nn", "SmallNet": "helpers.lessons.lesson10.pytorch"}[kind]
    layer = getattr(import_module(where), kind)(*sizes)
    layer.to(torch.from_numpy(next(iter(state.values()))).dtype)
    layer.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return layer


def _parts(layer: Any) -> tuple[str, tuple[int, int], dict[str, np.ndarray]]:
    sized = getattr(layer, "cell", layer)
    return (type(layer).__name__, (sized.input_size, sized.hidden_size),
            {name: array.numpy().copy() for name, array in layer.state_dict().items()})


LAYER = Named(_parts, _layer, lambda layer, later: layer.load_state_dict(later.state_dict()))
NAMED: dict[str, Named] = {
    "numpy.random._generator.Generator": Named(
        lambda rng: (rng.bit_generator.state,), _generator,
        lambda rng, later: setattr(rng.bit_generator, "state", later.bit_generator.state)),
    "helpers.networks.parameters.Parameters": Named(
        lambda p: (p.shapes, p.vector), Parameters, lambda p, later: p.vector.__setitem__(..., later.vector)),
    "helpers.networks.model.CharModel": Named(
        lambda model: (type(model.cell).__name__, model.cell.input_size, model.cell.hidden_size,
                       model.params.vector), _model,
        lambda model, later: model.params.vector.__setitem__(..., later.params.vector)),
    "helpers.lessons.lesson12.experiments.Automaton": Named(tuple, _automaton, lambda one, later: None),
    "torch.Tensor": Named(
        lambda tensor: (tensor.detach().numpy().copy(), tensor.requires_grad),
        lambda values, learns: import_module("torch").tensor(values, requires_grad=learns),
        lambda tensor, later: tensor.data.copy_(later.data)),
    "torch.nn.modules.rnn.LSTM": LAYER,
    "helpers.lessons.lesson10.pytorch.SmallNet": LAYER,
}


def _name(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


class Crossing:
    """One side of the pipe: it sends things, reads what comes, calls the other's functions, answers calls.

    A message has the length of its text in eight bytes, the text, which is JSON, and the bytes of all arrays.
    """

    def __init__(self, send: Callable[[bytes], None], receive: Callable[[], bytes], me: str, other: str
                 ) -> None:
        self._send, self._receive, self._me, self._other = send, receive, me, other
        self._kept: list[Any] = []              # what stays here; the other side knows the places
        self._places: dict[int, int] = {}
        self._stand_ins: dict[int, Callable] = {}
        # Memory of arrays that crossed, by whose it was and a number: it is known if it crosses again.
        self._memory: dict[tuple[str, int], weakref.ref] = {}
        self._numbers: dict[int, tuple[str, int]] = {}
        self._count = count()
        self._asked: list[tuple] = []           # arguments of the calls that are not answered yet
        self._served: list[list] = []           # and of those that are answered now, with their last state

    # --- messages ---

    def say(self, kind: str, *parts: Any) -> None:
        """Send a message of things."""
        data: list[bytes] = []
        text = json.dumps([kind, *(self.write(part, data) for part in parts)]).encode()
        self._send(b"".join([len(text).to_bytes(8), text, *data]))

    def hear(self) -> list:
        """The next message that is no call, with its things; calls are answered."""
        while True:
            message = self._receive()
            try:
                end = 8 + int.from_bytes(message[:8])
                kind, *parts = json.loads(message[8:end])
                data = io.BytesIO(message[end:])
                if kind != "call":
                    return [kind, *(self.read(part, data) for part in parts)]
                number, sent, state = parts
                function, (given, named) = self._kept[number], self.read(sent, data)
                before = sent, data.getvalue()[: data.tell()]
                if state is not None:           # arguments that were changed before this call
                    self.bring(self._asked[-1], self.read(state, data))
            except Exception as error:          # whatever was sent
                raise Strange(f"{type(error).__name__}: {error}") from None
            self._answer(function, given, named, before)

    def call(self, number: int, given: tuple, named: dict) -> Any:
        """What a function of the other side returns; it may change what it is given."""
        self._asked.append((given, named))
        try:
            self.say("call", number, (given, named), self._changed() if self._served else None)
            kind, *parts = self.hear()
        finally:
            self._asked.pop()
        if kind == "returned" and len(parts) == 2:
            if parts[1] is not None:
                self.bring((given, named), parts[1])
            return parts[0]
        if kind == "raised" and len(parts) == 3:
            raise self.error(number, *parts)
        raise Strange(f"{kind!r} answers no call.")

    def _answer(self, function: Callable, given: tuple, named: dict, before: tuple) -> None:
        self._served.append([(given, named), before])
        try:
            returned = function(*given, **named)
        except Exception as error:
            self.say("raised", *self.told(function, error))
        else:
            self.say("returned", returned, self._changed())
        finally:
            self._served.pop()

    def _changed(self) -> tuple | None:
        """The arguments of the call that is answered now, if they are not as they were at the last look."""
        data: list[bytes] = []
        (given, named), before = self._served[-1]
        now = self.write((given, named), data), b"".join(data)
        self._served[-1][1] = now
        return None if now == before else (given, named)

    def told(self, function: Callable, error: Exception) -> tuple[str, str, int | None]:
        """What is sent of an error: its type, what it says, and the line of the function's cell."""
        return type(error).__name__, str(error)[:TOLD], None

    def error(self, number: int, kind: str, said: str, line: int | None) -> BaseException:
        """The error that a function of the other side has raised."""
        raise NotImplementedError

    def look_alike(self, name: str, number: int, function: Callable) -> Callable:
        """The function that is called here in place of one of the other side."""
        function.__name__ = name
        return function

    # --- writing ---

    def write(self, thing: Any, data: list[bytes]) -> Any:
        """A thing as JSON can hold it; the bytes of arrays are added to `data`."""
        kind = type(thing)
        if isinstance(thing, np.ndarray) and thing.dtype.kind in KINDS:
            thing = np.asarray(thing)           # of a class of its own, a plain array
            data.append(thing.tobytes())
            return ["array", thing.dtype.str, list(thing.shape), *self._place_of_memory(thing)]
        if thing is None or kind is bool or kind is float:
            return thing
        if isinstance(thing, str):
            return str.encode(thing, "utf-8", "replace").decode()
        if isinstance(thing, int):
            return int(thing) if int(thing).bit_length() < 10_000 else self._behind(thing)
        if isinstance(thing, Mapping):
            return ["dict", [[self.write(one, data) for one in entry] for entry in thing.items()]]
        if _name(thing) in NAMED:
            try:
                return ["named", _name(thing), self.write(NAMED[_name(thing)].apart(thing), data)]
            except Exception:                   # such as a model with a cell of the reader's own
                return self._behind(thing)
        for name, one in PLAIN.items():
            if isinstance(thing, one):
                return [name, [self.write(part, data) for part in thing]]
        if isinstance(thing, np.generic) and thing.dtype.kind in KINDS:
            data.append(thing.tobytes())
            return ["number", thing.dtype.str]
        if isinstance(thing, np.ndarray):       # of objects
            return self.write(thing.tolist(), data)
        if isinstance(thing, range):
            return self.write(np.arange(thing.start, thing.stop, thing.step), data)
        if isinstance(thing, complex):
            return ["complex", thing.real, thing.imag]
        if thing is ...:
            return ["dots"]
        if isinstance(thing, Thing):
            return ["thing", self._other, thing.number, thing.words]
        if callable(thing):
            for number, stand_in in self._stand_ins.items():
                if stand_in is thing:
                    return ["function", self._other, number, thing.__name__]
            return ["function", self._me, self._place(thing), str(getattr(thing, "__name__", ""))[:WORDS]]
        try:
            return float(thing)                 # a fraction or a decimal number
        except Exception:
            return self._behind(thing)

    def _behind(self, thing: Any) -> list:
        try:
            words = "an integer that is too large" if isinstance(thing, int) else repr(thing)[:WORDS]
        except Exception:
            words = f"of type {type(thing).__name__}"
        return ["thing", self._me, self._place(thing), words]

    def _place(self, thing: Any) -> int:
        if id(thing) not in self._places:
            self._kept.append(thing)            # and so nothing else will have this id
            self._places[id(thing)] = len(self._kept) - 1
        return self._places[id(thing)]

    def _place_of_memory(self, array: np.ndarray) -> tuple[str, int]:
        while isinstance(array.base, np.ndarray):
            array = array.base
        known = self._numbers.get(id(array))
        if known is None or self._memory[known]() is not array:
            known = self._numbers[id(array)] = self._me, next(self._count)
            self._memory[known] = weakref.ref(array)
        return known

    # --- reading ---

    def read(self, sent: Any, data: io.BytesIO) -> Any:
        """What the other side has written; any Exception if it has not."""
        if not isinstance(sent, list):
            return sent
        tag, *parts = sent
        if tag == "array":
            return self._made(data, *parts)
        if tag == "dict":
            return {self.read(key, data): self.read(value, data) for key, value in parts[0]}
        if tag in PLAIN:
            return PLAIN[tag](self.read(part, data) for part in parts[0])
        if tag == "number":
            return self._numbers_from(data, parts[0], [])[()]
        if tag == "complex":
            return complex(*parts)
        if tag == "dots":
            return ...
        if tag == "named":
            return NAMED[parts[0]].together(*self.read(parts[1], data))
        whose, number, words = parts
        if tag == "thing":
            return self._kept[number] if whose == self._me else Thing(int(number), str(words))
        if tag == "function":
            return self._kept[number] if whose == self._me else self._stand_in(int(number), str(words))
        raise ValueError(f"there is no {tag!r}")

    def _numbers_from(self, data: io.BytesIO, dtype: str, shape: list[int]) -> np.ndarray:
        kind = np.dtype(dtype)
        if kind.kind not in KINDS:
            raise ValueError(f"there are no arrays of {dtype}")
        return np.ndarray(shape, kind, bytearray(data.read(math.prod(shape) * kind.itemsize)))

    def _made(self, data: io.BytesIO, dtype: str, shape: list[int], whose: str, number: int) -> np.ndarray:
        array = self._numbers_from(data, dtype, shape)
        known = self._memory.get((whose, number), lambda: None)()
        # Nothing is written into it, because the other side is not believed where memory is.
        if known is not None and known.dtype == array.dtype and np.array_equal(known, array):
            return known[...]
        if whose == self._other:
            self._memory[whose, number] = weakref.ref(array)
            self._numbers[id(array)] = whose, number
        return array

    def _stand_in(self, number: int, name: str) -> Callable:
        def stand_in(*given, **named):
            return self.call(number, given, named)

        if number not in self._stand_ins:
            self._stand_ins[number] = self.look_alike(name[:WORDS], number, stand_in)
        return self._stand_ins[number]

    def bring(self, thing: Any, later: Any) -> Any:
        """A thing that was sent, brought to what it is on the other side; if it can't be, the other."""
        if isinstance(thing, np.ndarray) and isinstance(later, np.ndarray) and thing.shape == later.shape:
            if thing.flags.writeable:
                thing[...] = later
            return thing
        if type(thing) is type(later) and _name(thing) in NAMED:
            NAMED[_name(thing)].bring(thing, later)
            return thing
        if isinstance(thing, dict) and isinstance(later, dict):
            now = {key: self.bring(thing.get(key), value) for key, value in later.items()}
            thing.clear()
            thing.update(now)
            return thing
        if isinstance(thing, list) and isinstance(later, list):
            thing[:] = [*map(self.bring, thing, later), *later[len(thing):]]
            return thing
        if isinstance(thing, tuple) and isinstance(later, tuple) and len(thing) == len(later):
            for one, other in zip(thing, later, strict=True):
                self.bring(one, other)
            return thing
        return later
