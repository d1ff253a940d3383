"""Recurrent cells: a whole sequence forward, a whole sequence back.

Time comes first and rows are sequences: x is (T, B, D) floats or (T, B) integer symbols, h is
(T, B, H). An integer stands for a one-hot row: its row of W_xh is looked up.
"""

from helpers.cells.cell import Cell, Trace
from helpers.cells.gru import GRU
from helpers.cells.lstm import LSTM
from helpers.cells.rnn import RNN

__all__ = ["GRU", "LSTM", "RNN", "Cell", "Trace"]
