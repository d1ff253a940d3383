# Without this folder nobody would notice that a page states false mathematics: a displayed equation that
# isn't what the code computes, an exam question whose full answer is wrong or whose fault isn't one, a
# review question whose numbers don't follow from those that it gives. Words are free: only numbers are
# compared.
