"""Recurrent cells: a whole sequence forward, a whole sequence back.

Read `plain` first: the equations as the lessons have them, one a line. RNN, LSTM and GRU compute the same
fast; `cell` is what they have in common, `workspace` where their arrays lie. `plain_cell` makes a cell of its
two steps alone, and `peephole` shows how it is added: one file, and a line in `CELLS`, by which tests,
checkpoints and the laboratory know it.

Time comes first and rows are sequences: x is (T, B, D) floats or (T, B) integer symbols, h is
(T, B, H). An integer stands for a one-hot row: its row of W_xh is looked up.
"""

from helpers.networks.cells.cell import Cell
from helpers.networks.cells.gru import GRU
from helpers.networks.cells.lstm import LSTM
from helpers.networks.cells.peephole import PeepholeLSTM
from helpers.networks.cells.plain import lstm_forward
from helpers.networks.cells.plain_cell import PlainCell
from helpers.networks.cells.rnn import RNN

CELLS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU, "PeepholeLSTM": PeepholeLSTM}
