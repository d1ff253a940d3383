# Texts, vocabularies, chunks, n-grams, toy tasks and the grammar of the tales. Without these, a reader's
# own file could stop a lesson or be read wrongly, and chance and the floor, to which every loss is
# compared, could be wrong.
