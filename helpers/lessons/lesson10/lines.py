"""The program of section 7, which trains on single lines, and the same with one bug. It needs PyTorch.

`shipped` makes its runs, which the checks and pictures of section 8 are about.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from helpers.data import load_text
from helpers.lessons.lesson10.experiments import HEALTHY, PART
from helpers.lessons.lesson10.pytorch import torch

CHARACTERS, HELD_OUT, BATCH, ROUNDS, UNITS = 24_000, 100, 16, 4, 64
Lines = Sequence[torch.Tensor]


class LineNet(torch.nn.Module):
    """A GRU that reads each of its symbols as a row of a table.

    If `plain`, the table is a plain tensor, which is neither trained, saved nor moved.
    """

    def __init__(self, symbols: int, plain: bool = False):
        super().__init__()
        if plain:
            self.rows = torch.randn(symbols, 16)
        else:
            self.embed = torch.nn.Embedding(symbols, 16)
        self.cell = torch.nn.GRU(16, UNITS)
        self.dropout = torch.nn.Dropout(0.2)
        self.read_out = torch.nn.Linear(UNITS, symbols)

    def forward(self, packed):
        """Scores (N, V) for a `PackedSequence` of N symbols."""
        rows = self.rows[packed.data] if hasattr(self, "rows") else self.embed(packed.data)
        h, _ = self.cell(packed._replace(data=rows))
        return self.read_out(self.dropout(h.data))


def encoded_lines() -> tuple[list[torch.Tensor], list[str]]:
    """Lines from the beginning of the tales as numbers, 0 before and after each; the symbols in order."""
    lines = [line for line in load_text("tales")[:CHARACTERS].splitlines() if line.strip()]
    symbols = ["\n", *sorted(set("".join(lines)))]
    number = {symbol: n for n, symbol in enumerate(symbols)}
    return [torch.tensor([0, *(number[symbol] for symbol in line), 0]) for line in lines], symbols


def faulty_run(seed: int, fault: str = HEALTHY) -> dict:
    """Train the program of section 7 for four rounds, with one of `FAULTS` or without, on one thread.

    Returns:
        losses, in nats per character: "training", the mean of every four updates; "heldout" after each round
        as the program measures it, "rightly" as it should be measured; at the end "again", measured once
        more, and "loaded", of a new network that has loaded the state.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _run(seed, fault)
    finally:
        torch.set_num_threads(threads)


def _run(seed: int, fault: str) -> dict:
    lines, symbols = encoded_lines()
    training, heldout = lines[:-HELD_OUT], lines[-HELD_OUT:]
    torch.manual_seed(seed)
    make = partial(LineNet, len(symbols), plain=fault == "embedding a plain tensor")
    other, net = make(), make()
    steered = other if fault == "optimiser of another network" else net
    optimizer = torch.optim.Adam(steered.parameters(), lr=0.01)
    loss = partial(_loss, fault=fault)

    def measure(net: LineNet, loss=loss, still_training: bool = fault == "train() while it is measured"):
        net.train(still_training)
        with torch.no_grad():
            heldout_loss = loss(net, heldout).item()
        net.train()
        return heldout_loss

    run: dict = {"training": [], "heldout": [], "rightly": []}
    recent = []
    for turn in range(ROUNDS):
        order = np.random.default_rng([seed, turn]).permutation(len(training))
        for start in range(0, len(training) - BATCH + 1, BATCH):
            batch_loss = loss(net, [training[n] for n in order[start : start + BATCH]])
            if fault != "gradients not set to zero":
                net.zero_grad()
            batch_loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            recent.append(batch_loss.item())
        run["heldout"].append(measure(net))
        run["rightly"].append(measure(net, _loss, False))
    run["training"] = np.reshape(recent[: len(recent) // PART * PART], (-1, PART)).mean(axis=1).tolist()
    run["again"] = measure(net)
    new = make()
    new.load_state_dict(net.state_dict())
    run["loaded"] = measure(new)
    return run


def _loss(net: LineNet, lines: Lines, fault: str = HEALTHY) -> torch.Tensor:
    """Mean surprise at the characters of some lines, as a right program computes it or one with a bug."""
    ahead = 0 if fault == "targets not shifted" else 1
    inputs, targets = [line[:-1] for line in lines], [line[ahead : len(line) - 1 + ahead] for line in lines]
    if fault == "padding counted":
        longest = [len(max(lines, key=len)) - 1] * len(lines)
        pad, pack = torch.nn.utils.rnn.pad_sequence, torch.nn.utils.rnn.pack_padded_sequence
        packed, wanted = pack(pad(inputs), longest), pack(pad(targets), longest)
    else:
        packed, wanted = (torch.nn.utils.rnn.pack_sequence(some, enforce_sorted=False)
                          for some in (inputs, targets))
    scores = net(packed)
    if fault == "softmax taken twice":
        scores = scores.softmax(dim=1)
    return torch.nn.functional.cross_entropy(scores, wanted.data)
