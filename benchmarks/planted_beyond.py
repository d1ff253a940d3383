"""Faults beyond notebooks, mathematics and prose: in what asks, shows, keeps, publishes and marks.

Each is a mistake such as a maintainer makes: one too few, a guard that has gone, two names exchanged,
a page that was not made anew.
"""

from planting import LESSON_PATHS, Defect, replaced

QUESTION, ROUNDS, COURSE, PROGRESS = (
    "helpers/widgets/question.py", "helpers/widgets/rounds.py", "helpers/widgets/course.py",
    "helpers/runs/progress.py")
ASKED, KEPT = ("tests/widgets/test_predictions.py",), ("tests/runs/test_progress.py",)
STORE, L12_RUN = ("tests/course/test_questions.py",), ("notebooks/12_what_a_loop_can_compute.ipynb",)
ASKING = [
    Defect("question: a choice is changed after Reveal", replaced(
        QUESTION, "        if not self.revealed:\n            self.chosen, self._first",
        "        if True:\n            self.chosen, self._first"), ASKED),
    Defect("question: what was skipped comes back as answered", replaced(
        QUESTION, "self.revealed = before is not None and bool(before.last)",
        "self.revealed = before is not None"), ASKED),
    Defect("question: a class is shown what was chosen at home", replaced(
        QUESTION, "before = self._kept() if self._remind and not self.in_lecture else None",
        "before = self._kept() if self._remind else None"), ASKED),
    Defect("question: an opening has the numbers of last time", replaced(
        ROUNDS, "asked = [one.with_numbers(kept[one.id].times if one.id in kept else 0) for",
        "asked = [one.with_numbers(0) for"), ASKED),
    Defect("question: rows of numbers end with the last", replaced(
        "helpers/data/questions.py", "self.numbers[row % len(self.numbers)]",
        "self.numbers[min(row, len(self.numbers) - 1)]"), STORE),
    Defect("question: a name may be there twice", replaced(
        "helpers/data/questions.py", '"occurs twice" if one.id in known else ""', '""'), STORE),
    Defect("question: an old id is no question's", replaced(
        "helpers/data/questions.py", "lesson, today = questions(name[:2]), old_ids().get(name, name)",
        "lesson, today = questions(name[:2]), name"), ASKED),
    Defect("question: lines of version 1.0 are about no question", replaced(
        PROGRESS, "old_ids().get(event[thing], event[thing])", "event[thing]"), KEPT),
    Defect("question: who skipped one before the course has missed it", replaced(
        ROUNDS, "for one in asked if one.id in kept and kept[one.id].last}",
        "for one in asked if one.id in kept}"), ASKED),
    Defect("question: a lesson is called done in class", replaced(
        ROUNDS, "        if in_lecture():\n", "        if False:\n"), ASKED),
    Defect("own words: a class's sentence is kept", replaced(
        ROUNDS, "words == self._kept or self.view.lecture.value:", "words == self._kept:"), ASKED),
    Defect("own words: none are kept as a sentence", replaced(
        ROUNDS, "if not words or words == self._kept", "if words == self._kept"), ASKED),
    Defect("progress: the oldest line about a thing is true", replaced(
        PROGRESS, "for event in self.events()\n                if isinstance(event.get(thing), str)}",
        "for event in self.events()[::-1]\n                if isinstance(event.get(thing), str)}"), KEPT),
    Defect("progress: a right answer comes back one step later", replaced(
        PROGRESS, "DAYS[min(max(self.in_a_row - 1, 0), len(DAYS) - 1)]",
        "DAYS[min(self.in_a_row, len(DAYS) - 1)]"), KEPT),
    Defect("progress: a bad line hides all the others", replaced(
        PROGRESS, "except (ValueError, TypeError, KeyError, RecursionError):", "except ValueError:"), KEPT),
    Defect("progress: the map goes on with the first lesson begun", replaced(
        COURSE, "[-1 if begun else 0]", "[0]"), ASKED),
    Defect("progress: a second copy of a minute takes the first one's place", replaced(
        COURSE, "            if not kept.exists():\n                break\n", "            break\n"), ASKED),
    Defect("answer: another letter in lesson 12", replaced(
        "helpers/lessons/lesson12/questions.toml",
        "    'never: what decays does not turn',\n]\nanswer = 'b'",
        "    'never: what decays does not turn',\n]\nanswer = 'a'"), L12_RUN),
]

LAYOUT, FINGERPRINT, LAYERS, HIGHLIGHTS, DIAGRAMS = (f"helpers/pictures/{name}.py" for name in (
    "layout", "fingerprint", "layers", "highlights", "diagrams"))
POINTING, LAST_ROW = ("tests/pictures/test_highlights.py",), ("tests/pictures/test_layout.py",)
FRAMES, LAYER = (("tests/pictures/test_layers.py", "-k", words) for words in (
    "another_key and (colour or image) or under or legend", "points_lie or escaped"))
DRAWN = ("tests/pictures/test_canvas.py",)
IN_CLASS = ("tests/browser/test_predicting.py", "-k", "in_class")
STAGED = ("tests/browser/test_stage.py", "-k", "lecture_mode or pressed_below")
LARGE = ("tests/browser/test_live_layer.py", "-k", "lecture_mode")
PICTURES = [
    Defect("stage: in class the words are as small as at a desk", replaced(
        "helpers/widgets/page.css", "--course-lecture-type: calc(100vh / 36)",
        "--course-lecture-type: calc(100vh / 60)"), LARGE),
    Defect("stage: what was told at home flashes up in class", replaced(
        "helpers/widgets/page.css", ":is(.course-told, .course-said) { visibility: hidden }",
        ":is(.course-talk) { visibility: hidden }"), IN_CLASS),
    Defect("stage: lecture mode ends with the page", replaced(
        "helpers/widgets/page.js", "if (remember) localStorage.setItem(",
        "if (!remember) localStorage.setItem("), STAGED),
    Defect("stage: cells that import do not fold", replaced(
        "helpers/widgets/page.js", "top.every(line => /^(import|from) /.test(line))",
        "top.every(line => /^import /.test(line))"), STAGED),
    Defect("stage: names of ticks are thinned like numbers", replaced(
        LAYOUT, "    if any(len(tick.label1.get_text()) > 1 and not NUMBER.search(tick.label1.get_text()) "
        "for tick in ticks):\n        return\n", ""), LAST_ROW),
    Defect("stage: a long title runs off the picture", replaced(
        LAYOUT, "if words.get_text() and over > 0:", "if words.get_text() and over > 10_000:"), LAST_ROW),
    Defect("stage: words of a diagram keep their many sizes", replaced(
        DIAGRAMS, "READ if self.one_size and size < LARGE else size", "size"), LAST_ROW),
    Defect("frame key: the colour of words is not in it", replaced(
        FINGERPRINT, '    "_label", "_gid",', '    "_label", "_gid", "_color",'), FRAMES),
    Defect("frame key: a legend keeps out of the way of lines that move", replaced(
        FINGERPRINT, "        if value._loc_real == BEST:\n            raise Unknown(value)\n", ""), FRAMES),
    Defect("frame key: a long array is known by its length", replaced(
        FINGERPRINT, "blake2b(told, digest_size=32).digest())", "len(told))"), FRAMES),
    Defect("frame key: an area above the lines belongs to the frame", replaced(
        LAYERS, "return artist.get_gid() is not None and artist.get_zorder() < lowest",
        "return artist.get_gid() is not None"), FRAMES),
    Defect("layers: words are not escaped", replaced(
        LAYERS, 'xml:space="preserve">{html.escape(text.get_text())}</text>',
        'xml:space="preserve">{text.get_text()}</text>'), LAYER),
    Defect("layers: y is counted from below", replaced(
        LAYERS, "    turned = Affine2D().scale(1, -1).translate(0, height)\n    path",
        "    turned = Affine2D()\n    path"), LAYER),
    Defect("highlights: of two words that mean a part the last one points", replaced(
        LAYERS, 'part, f"{before} {number}".lstrip()', "part, str(number)"), POINTING),
    Defect("highlights: a number that occurs twice is the first", replaced(
        HIGHLIGHTS, ".search(sentence, end)", ".search(sentence)"), POINTING),
    Defect("highlights: a number is found at the beginning of another", replaced(
        HIGHLIGHTS, r"(?!\w|[.,]\d)", r"(?!\w)"), POINTING),
    Defect("diagrams: a negative zero", replaced(
        DIAGRAMS, 'f"{value:z.{places}f}"', 'f"{value:.{places}f}"'), DRAWN),
    Defect("diagrams: fields of a box are counted from below", replaced(
        DIAGRAMS, "self.y + self.height / 2 - (row + 0.5) * height",
        "self.y - self.height / 2 + (row + 0.5) * height"), DRAWN),
]

SAVED = ("tests/runs/test_checkpoint.py", "-k",
         "broken_at or replaces_itself or refused_by or come_back")
BITS = ("tests/runs/test_checkpoint.py", "-k", "flipped or missing_end or does_not_fit")
SWEPT = ("tests/runs/test_sweep.py", "-k",
         "random_numbers or own_settings or tried_again or another_file or table")
READ, NAMED = ("tests/data/test_data.py",), ("tests/data/test_characters.py",)
CHECKPOINT, SWEEP, RESULTS, OWN = ("helpers/runs/checkpoint.py", "helpers/runs/sweep.py",
                                   "helpers/runs/results.py", "helpers/data/own_text.py")
KEEPING = [
    Defect("file: a damaged one is read", replaced(
        "helpers/runs/files.py",
        "    if hashlib.sha256(data[:-DIGEST]).hexdigest().encode() != data[-DIGEST:]:\n"
        '        raise ValueError("its checksum does not match, so another program wrote it or it is '
        'damaged")\n', ""), BITS),
    Defect("file: a restored optimiser begins to count anew", replaced(
        CHECKPOINT, '    optimizer.updates = header["optimizer_updates"]\n', ""), SAVED),
    Defect("file: the weight of the smoothed loss is lost", replaced(
        CHECKPOINT, 'header["smoothed_weight"], None if rng is None', "1.0, None if rng is None"), SAVED),
    Defect("file: the third save is called run_2_2", replaced(
        CHECKPOINT, "{re.sub(r'_[0-9]{1,3}$', '', root)}", "{root}"), SAVED),
    Defect("sweep: what failed is not tried again", replaced(
        SWEEP, 'if key in runs and line["status"] != "failed"}', "if key in runs}"), SWEPT),
    Defect("sweep: all settings have the same random numbers", replaced(
        SWEEP, "hashlib.sha256(run_key(parameters, seed).encode())",
        "hashlib.sha256(run_key({}, seed).encode())"), SWEPT),
    Defect("sweep: the order of the parameters makes another run", replaced(
        RESULTS, "json.dumps([parameters, seed], sort_keys=True)", "json.dumps([parameters, seed])"), SWEPT),
    Defect("sweep: another sweep's file is gone on with", replaced(
        RESULTS, 'if head["sweep"] != name:', 'if not head["sweep"]:'), SWEPT),
    Defect("sweep: 10 stands before 2 in a table", replaced(
        RESULTS, "(0, v or 0, str(v))", "(0, str(v))"), SWEPT),
    Defect("text: UTF-32 is taken for UTF-16", replaced(
        OWN, '    (codecs.BOM_UTF32_LE, "utf-32"),\n    (codecs.BOM_UTF32_BE, "utf-32"),\n'
        '    (codecs.BOM_UTF16_LE, "utf-16"),\n', '    (codecs.BOM_UTF16_LE, "utf-16"),\n'
        '    (codecs.BOM_UTF32_LE, "utf-32"),\n    (codecs.BOM_UTF32_BE, "utf-32"),\n'), READ),
    Defect("text: another alphabet is read as Windows text", replaced(
        OWN, " or 2 * len(raw.translate(None, _ASCII)) > len(raw):", ":"), READ),
    Defect("text: a Windows line end becomes two", replaced(
        OWN, r'text.replace("\r\n", "\n").replace("\r", "\n")', r'text.replace("\r", "\n")'), READ),
    Defect("text: joiners of emoji are taken away", replaced(
        OWN, r"\u200e\u200f\u202a-\u202e", r"\u200b-\u200f\u202a-\u202e"), READ),
    Defect("text: an accent is named where it lies on the quotation mark", replaced(
        "helpers/data/characters.py", "and character not in _BLANK and not is_mark(character)",
        "and character not in _BLANK"), NAMED),
    Defect("text: a name from right to left turns the sentence round", replaced(
        "helpers/data/characters.py", 'in ("R", "AL", "AN")', 'in ("R", "AN")'), NAMED),
    Defect("text: what is wanted is the character that was read", replaced(
        "helpers/data/vocabulary.py", "targets = ids[1 : steps * batch + 1]",
        "targets = ids[: steps * batch]"), READ),
]

PLAYED, SHEETS = ("tests/site/test_played.py",), ("tests/course/test_pages.py",)
MOVED, TOLD = (("tests/browser/test_player.py", "-k", words) for words in (
    "function_does or link or loaded", "asked_told"))
LAID, SHOWN = (("tests/browser/test_decks.py", "-k", words) for words in (
    "clickers or step_by_step", "shown_where"))
PLAYER, PLAY, DECK, SLIDES = ("docs/player/player.js", "scripts/site/play.py", "docs/slides/deck.js",
                              "scripts/site/slides.py")
PUBLISHED = [
    Defect("site: what a lesson reads may change unnoticed", replaced(
        PLAY, "(ROOT / name).exists() and digest(ROOT / name) == found", "(ROOT / name).exists()"), PLAYED),
    Defect("site: texts to choose may change unnoticed", replaced(
        PLAY, '[[cell["source"], cell["metadata"].get("play")] for', '[[cell["source"]] for'), PLAYED),
    Defect("site: from setting to setting a dial leaps back", replaced(
        "scripts/site/stage.py", "(values if number % 2 == 0 else reversed(values))", "values"), PLAYED),
    Defect("site: two pictures share the name of a clip", replaced(
        "scripts/site/states.py", r'rf"\g<1>{owner}"', r'r"\g<1>1"'), PLAYED),
    Defect("site: the first dial moves fastest", replaced(
        PLAYER, "this.dials.reduce((sum, dial, place) => sum * dial.words.length + this.now[place], 0)",
        "this.dials.reduceRight((sum, dial, place) => sum * dial.words.length + this.now[place], 0)"), MOVED),
    Defect("site: a link forgets where the dials stand", replaced(
        PLAYER, "this.now[place] === this.start[place] ? [] :",
        "this.now[place] !== this.start[place] ? [] :"), MOVED),
    Defect("site: what could not be loaded is never asked for again", replaced(
        PLAYER, ".catch(error => { delete this.loads[file]; throw error })", ""), MOVED),
    Defect("site: a choice is changed after Reveal", replaced(
        PLAYER, "        if (revealed) return;\n", ""), TOLD),
    Defect("deck: a clicker stops at a slider", replaced(
        DECK, "if (event.key === 'PageDown') Reveal.next();",
        "if (event.key === 'ArrowDown') Reveal.next();"), LAID),
    Defect("deck: an answer is there with its question", replaced(
        SLIDES, 'fold["class"] = "fragment answer"', 'fold["class"] = "answer"'), LAID),
    Defect("deck: code that only prints is shown", replaced(
        SLIDES, "return equation and 2 * len(lines) >= len(cell.source.splitlines())",
        "return equation or 2 * len(lines) >= len(cell.source.splitlines())"), SHOWN),
    Defect("sheet: one is not made anew", replaced(
        "docs/sheets/12.md", "forget gate at 0.99995 it counts", "forget gate at 0.9999 it counts"), SHEETS),
    Defect("sheet: an optional section's equations come too", replaced(
        "scripts/writers/sheets.py", r"\((?!optional)\d+ min", r"\((?:optional, )?\d+ min"), SHEETS),
]

SEQUENCES, MACHINES, LANDSCAPE = (f"tests/{name}.py" for name in (
    "lesson11/test_sequences", "lesson12/test_lesson12", "lesson13/test_landscape"))
L11, L12, L13 = (f"helpers/lessons/lesson{number}" for number in (11, 12, 13))
FACTS, AGAIN = ("tests/course/test_claims.py",), ("tests/runs/test_made_again.py",)
LATER = [
    Defect("lesson 11: the mean is over padding too", replaced(
        f"{L11}/plain.py", "count = mask.sum()", "count = mask.size"), (SEQUENCES, "-k", "padded or masked")),
    Defect("lesson 11: the way back of a look-up without its mean", replaced(
        f"{L11}/reversal.py", "weights * (d_weights - (weights * d_weights).sum(axis=2, keepdims=True))",
        "weights * d_weights"), (SEQUENCES, "-k", "every_gradient or one_by_one")),
    Defect("lesson 11: the upper layer's gradient does not reach the lower one", replaced(
        f"{L11}/layers.py", "self.cells[0].backward(one, d_h_one, caches[0], grads=g_one)",
        "self.cells[0].backward(one, 0 * d_h_one, caches[0], grads=g_one)"),
        (SEQUENCES, "-k", "stack_of_two")),
    Defect("lesson 11: what comes later includes the place itself", replaced(
        f"{L11}/directions.py", "symbols[t + 1 :] == symbols[t]", "symbols[t:] == symbols[t]"),
        (SEQUENCES, "-k", "both_ways")),
    Defect("lesson 11: a beam keeps the worst strings", replaced(
        f"{L11}/search.py", "return sorted(longer, reverse=True)[:width]", "return sorted(longer)[:width]"),
        (SEQUENCES, "-k", "as_wide_as_all")),
    Defect("lesson 11: a lag is read one step off", replaced(
        f"{L11}/layers.py", "rows[LAGS - lag : STEPS - lag]", "rows[LAGS - lag + 1 : STEPS - lag + 1]"),
        (SEQUENCES, "-k", "at_their_lags")),
    Defect("lesson 11: a check names another mistake", replaced(
        f"{L11}/checks.py", 'steps <= ends,\n            Mistake("one-too-few"',
        'steps < ends - 1,\n            Mistake("one-too-few"'),
        ("tests/lesson11/test_exercises_lesson11.py",)),
    Defect("lesson 11: a sentence about padding counts symbols", replaced(
        f"{L11}/pictures.py", "shares[len(text):, row].sum()", "shares[:len(text), row].sum()"),
        (SEQUENCES, "-k", "pictures_say")),
    Defect("lesson 11: a sentence says the contrary", replaced(
        LESSON_PATHS["11"], "better in 9 networks and worse in 11",
        "better in 11 networks and worse in 9"), FACTS),
    Defect("lesson 11: a sweep's sizes are changed and its runs are not", replaced(
        f"{L11}/shipped.py", '"length": [5, 10, 15, 20]', '"length": [5, 10, 15, 25]'),
        ("tests/course/test_shipped.py",)),
    Defect("lesson 12: an automaton of Tomita has a wrong arrow", replaced(
        f"{L12}/automata.py", "3: automaton([[0, 1], [2, 0], [3, 4], [2, 1], [4, 4]]",
        "3: automaton([[0, 1], [2, 0], [3, 4], [2, 4], [4, 4]]"), (MACHINES, "-k", "rules_say")),
    Defect("lesson 12: states are told apart by where 0 leads alone", replaced(
        f"{L12}/automata.py", "np.column_stack([kind, kind[machine.steps]])",
        "np.column_stack([kind, kind[machine.steps[:, 0]]])"), (MACHINES, "-k", "minimised")),
    Defect("lesson 12: pairs of states are walked in depth first", replaced(
        f"{L12}/automata.py", "a, b = queue.popleft()", "a, b = queue.pop()"),
        (MACHINES, "-k", "told_apart")),
    Defect("lesson 12: the factor's gradient has the state after the step", replaced(
        f"{L12}/linear.py", "da_f[t], du[t] = dh * h[t], dh", "da_f[t], du[t] = dh * h[t + 1], dh"),
        (MACHINES, "-k", "gradient")),
    Defect("lesson 12: permutations are composed the other way round", replaced(
        f"{L12}/following.py", "ORDERS.tolist().index(after[before].tolist())",
        "ORDERS.tolist().index(before[after].tolist())"), (MACHINES, "-k", "orders_follow")),
    Defect("lesson 12: the end is told one step early", replaced(
        f"{L12}/counter.py", "return ups + 1 + int(low[0]) if", "return ups + int(low[0]) if"),
        (MACHINES, "-k", "counts_to_a_thousand")),
    Defect("lesson 12: a border that is too close is let through", replaced(
        f"{L12}/stage_checks.py", "BORDERS = (0.3, 0.6)", "BORDERS = (0.01, 0.75)"),
        ("tests/lesson12/test_stages_lesson12.py",)),
    Defect("lesson 12: accepting states have one ring", replaced(
        f"{L12}/machine_pictures.py", "places[machine.accepts].T", "places[~machine.accepts].T"),
        ("tests/pictures/test_shown.py", "-k", "machine")),
    Defect("lesson 12: a training is changed and its runs are not", replaced(
        f"{L12}/following.py", "learning_rate: float = 0.01, batch", "learning_rate: float = 0.02, batch"),
        (*AGAIN, "-k", "parity")),
    Defect("lesson 13: Newton's matrix is not turned", replaced(
        f"{L13}/plain_newton.py", "np.linalg.solve((I - J).T, -r)", "np.linalg.solve(I - J, -r)"),
        ("tests/lesson13/test_stages_lesson13.py", LANDSCAPE, "-k", "cube_has or newton")),
    Defect("lesson 13: directions are columns", replaced(
        f"{L13}/landscape.py", "np.linalg.eig(J.T)", "np.linalg.eig(J)"), (LANDSCAPE, "-k", "direction")),
    Defect("lesson 13: damage takes what a unit hears", replaced(
        f"{L13}/landscape.py", 'ablated["W_hh"][unit] = 0', 'ablated["W_hh"][:, unit] = 0'),
        (LANDSCAPE, "-k", "damage or five_units")),
    Defect("lesson 13: stretching is measured over all steps, not in each", replaced(
        f"{L13}/lyapunov.py", "            rows = Q.T\n", ""), (LANDSCAPE, "-k", "exponent")),
    Defect("lesson 13: theory forgets the root", replaced(
        f"{L13}/lyapunov.py", "return float(0.5 * np.log(", "return float(np.log("),
        (LANDSCAPE, "-k", "theory or four_hundred")),
    Defect("lesson 13: a read-out is judged on what it was fitted to", replaced(
        f"{L13}/reservoir.py", "wrong = X[steps:] @ fit - Y[steps:]", "wrong = X[:steps] @ fit - Y[:steps]"),
        (LANDSCAPE, "-k", "memory_of_few or capacities")),
    Defect("lesson 13: a pulse is said one step late", replaced(
        f"{L13}/flipflop.py",
        "        bits = np.where(pulse[t], inputs[t], bits)\n        targets[t] = bits\n",
        "        targets[t] = bits\n        bits = np.where(pulse[t], inputs[t], bits)\n"),
        (LANDSCAPE, "-k", "last_pulse")),
    Defect("lesson 13: stable and unstable points of a unit change places", replaced(
        f"{L13}/pictures.py", "abs(w * (1 - h**2)) < 1 + 1e-9", "abs(w * (1 - h**2)) > 1 - 1e-9"),
        (LANDSCAPE, "-k", "sentences")),
    Defect("lesson 13: a check accepts what grows", replaced(
        f"{L13}/checks.py", '"−1.2, 0.8 and 0.1": (jacobian_of(-1.2, 0.8, 0.1), 1)',
        '"−1.2, 0.8 and 0.1": (jacobian_of(-1.2, 0.8, 0.1), 0)'),
        ("tests/lesson13/test_exercises_lesson13.py",)),
    Defect("lesson 13: a hint leads to the wrong side", replaced(
        f"{L13}/stage_mutants.py", '(("h @ p.W_hh + p.b_h", "p.W_hh @ h + p.b_h"),)',
        '(("h @ p.W_hh + p.b_h", "p.W_hh.T @ h + p.b_h"),)'), ("tests/lesson13/test_stages_lesson13.py",)),
]

CLASS = "helpers/classroom"
BORROWED, MENDED, TAKEN, PEOPLE, JUDGED, REPORTED, MARKED = (
    (f"tests/classroom/test_{name}.py",) for name in (
        "plagiarism", "repair", "collect", "people", "judge", "report", "class"))
MARKING = [
    Defect("class: the copy that is given out has the solutions", replaced(
        f"{CLASS}/nbgrader_config.py", "            cell.source = starter\n", "            pass\n"),
        (*MARKED, "-k", "given_out")),
    Defect("class: of two hand-ins the earlier one counts", replaced(
        f"{CLASS}/collect.py", "if before > when:", "if before < when:"), TAKEN),
    Defect("class: a name that is too long for a folder stops the others", replaced(
        f"{CLASS}/collect.py", "if len(name.encode()) > 200:", "if len(name.encode()) > 2000:"), TAKEN),
    Defect("class: old marks stay when a hand-in comes anew", replaced(
        f"{CLASS}/collect.py", '    clear(course / "autograded" / taken.person / path.stem / RESULTS)\n', ""),
        TAKEN),
    Defect("class: a file belongs to whom one word of its path fits", replaced(
        f"{CLASS}/people.py", "for sign in person.signs if sign <= words.keys()",
        "for sign in person.signs if sign & words.keys()"), PEOPLE),
    Defect("class: of two who could be meant the first is taken", replaced(
        f"{CLASS}/people.py", "meant[0] if len(meant) == 1 else None", "meant[0] if meant else None"),
        PEOPLE),
    Defect("class: an id twice in a roster is let through", replaced(
        f"{CLASS}/people.py", "if len(some) > 1]:", "if False]:"), PEOPLE),
    Defect("class: an answer in the cell of its check is lost", replaced(
        f"{CLASS}/repair.py", 'elif (name or "").endswith("-check") and not tasks:',
        'elif (name or "").endswith("-check"):'), MENDED),
    Defect("class: any thing of the name is an answer", replaced(
        f"{CLASS}/repair.py", "as_function & functions(source) or as_thing",
        "as_function & defined(source) or as_thing"), MENDED),
    Defect("class: their own cells are dropped", replaced(
        f"{CLASS}/repair.py", "        self.before += waiting\n", ""), MENDED),
    Defect("class: what is imported under another name is not found", replaced(
        f"{CLASS}/plagiarism.py", 'named = {alias.asname or alias.name: f"{node.module}.{alias.name}"}',
        'named = {alias.name: f"{node.module}.{alias.name}"}'), BORROWED),
    Defect("class: the earlier tasks' answers are held against later ones", replaced(
        f"{CLASS}/plagiarism.py", "            known.pop(name, None)\n", "            pass\n"), BORROWED),
    Defect("class: an answer that hangs is taken for one that stops with an error", replaced(
        f"{CLASS}/judge.py", "class Ended(BaseException):", "class Ended(Exception):"), JUDGED),
    Defect("class: arguments that an answer changes stay as they were", replaced(
        f"{CLASS}/crossing.py", "                thing[...] = later\n", "                pass\n"), JUDGED),
    Defect("class: part of an answer earns nothing", replaced(
        f"{CLASS}/judge.py", "return Verdict(result.text, result.mistakes, result.points(1.0))",
        "return Verdict(result.text, result.mistakes, float(result.right))"), JUDGED),
    Defect("class: a formula in a name goes into the spreadsheet", replaced(
        f"{CLASS}/report.py", 'if cell[:1] in ("=", "+", "-", "@") else cell', "if not cell else cell"),
        REPORTED),
    Defect("class: a marked hand-in is marked again", replaced(
        f"{CLASS}/autograde.py", "and notebook.stat().st_mtime_ns >= (done / RESULTS)",
        "and notebook.stat().st_mtime_ns < (done / RESULTS)"), TAKEN),
    Defect("class: a total leaves the answers in words out", replaced(
        f"{CLASS}/report.py", "*(_number(sum(row[\"points\"] for row in rows)) if rows",
        "*(_number(sum(row[\"points\"] for row in rows if \"written\" not in row[\"id\"])) if rows"),
        REPORTED),
    Defect("class: who has handed nothing in has 0 points", replaced(
        f"{CLASS}/report.py", 'points[lesson, one]) if own[lesson] else ""',
        'points[lesson, one]) if own[lesson] else "0"'), REPORTED),
    Defect("class: no starter is told from an answer", replaced(
        f"{CLASS}/nbgrader_config.py",
        'if squeezed(self.answer) == squeezed(self.tasks[name].get("starter", "")):',
        "if False:"), (*MARKED, "-k", "not_answered or went_wrong")),
]

INVENTORY, EXAM, PAGES, BEFORE, GLOSSARY = (
    (f"tests/course/test_{name}.py",) for name in (
        "inventory", "exam", "pages", "before_the_course", "glossary"))
DOCUMENTS = [
    Defect("inventory: the form is not made anew", replaced(
        "docs/inventory/form.md", "the last six words", "the first six words"), PAGES),
    Defect("inventory: the key names another letter", replaced(
        "data/inventory.toml", "answer = 'b'\nwhy = 'The state is as long",
        "answer = 'a'\nwhy = 'The state is as long"), PAGES),
    Defect("inventory: an idea is mended by a section that is not there", replaced(
        "data/inventory.toml", "met = 'question 01.what-state-holds c'\nmends = '01.loop-remembers'",
        "met = 'question 01.what-state-holds c'\nmends = '01.nowhere'"), INVENTORY),
    Defect("exam: a number of an answer is wrong", replaced(
        "docs/exam/lessons_10_to_13.md", "column 12 is number 2 of o", "column 12 is number 1 of o"), EXAM),
    Defect("exam: the points do not add up", replaced(
        "docs/exam/lessons_01_to_03.md", "| 2 | the row of $W_{xh}$ |", "| 1 | the row of $W_{xh}$ |"), EXAM),
    Defect("exam: two rows of a matrix change places", replaced(
        "docs/exam/lessons_01_to_03.md", r"W_{hh} = \begin{pmatrix} 0 & 2 \\ 1 & 0 \end{pmatrix}",
        r"W_{hh} = \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix}"), EXAM),
    Defect("objectives: one is said in other words than in its lesson", replaced(
        "docs/objectives.md", "write the loop of a recurrent network, and unroll it",
        "write the loop of a recurrent network, and roll it up"), PAGES),
    Defect("objectives: a section that does not teach it", replaced(
        "docs/objectives.md", "§5–6 | 1.2, 1.4 |", "§7–8 | 1.2, 1.4 |"), PAGES),
    Defect("objectives: an exercise is named nowhere", replaced(
        "docs/objectives.md", "| stages 1 and 2 of 12, 12.4 |", "| stages 1 and 2 of 12 |"), PAGES),
    Defect("refresher: an example prints something else", replaced(
        "docs/refreshers.md", ">>> print(a[[3, 0], 2])\n[17  2]",
        ">>> print(a[[3, 0], 2])\n[ 2 17]"), BEFORE),
    Defect("refresher: a heading is renamed and its question is not", replaced(
        "docs/refreshers.md", "## The outer product\n", "## Outer products\n"), BEFORE),
    Defect("glossary: a term leads to a lesson that does not use it", replaced(
        "docs/glossary.md",
        f"is like it. Lesson [05 · Exploding gradients, and how to clip them](../{LESSON_PATHS['05']})",
        f"is like it. Lesson [01 · Introduction to recurrent neural networks](../{LESSON_PATHS['01']})"),
        GLOSSARY),
    Defect("glossary: a link leads to another lesson than it says", replaced(
        "docs/glossary.md",
        f"in one state. Lesson [11 · From sequence to sequence](../{LESSON_PATHS['11']})",
        f"in one state. Lesson [11 · From sequence to sequence](../{LESSON_PATHS['12']})"), GLOSSARY),
]
UNSEEN = [         # planted by someone who had not seen the tests, and noticed by none of them at the time
    Defect("unseen: a restored run reads on at another chunk", replaced(
        "helpers/runs/training.py", "(len(corpus.ids) - 1) // length", "len(corpus.ids) // length"),
        ("tests/runs/test_checkpoint.py", "-k", "every_length")),
    Defect("unseen: a long history loses its start and its newest look", replaced(
        "helpers/runs/history.py", "del values[1::2]", "del values[::2]"),
        ("tests/pictures/test_plots_curves.py", "-k", "however_long")),
    Defect("unseen: what failed and then finished stays failed", replaced(
        RESULTS, '"seed"]): line for line in lines}', '"seed"]): line for line in reversed(lines)}'),
        ("tests/runs/test_sweep.py", "-k", "then_finished")),
    Defect("unseen: where it looks is measured while it is fed the right symbols", replaced(
        "helpers/lessons/lesson11/reversal.py", "shift_right(written[:, :1])",
        "shift_right(tested[::-1, :1])"),
        ("tests/runs/test_made_again.py", "-k", "learning")),
    Defect("unseen: a default has changed since the shipped runs were made", replaced(
        "helpers/lessons/lesson11/copying.py", "batch: int = 32", "batch: int = 64"),
        ("tests/runs/test_made_again.py", "-k", "defaults_of_today")),
    Defect("unseen: an automaton leaves c out", replaced(
        "helpers/lessons/lesson12/extraction.py", "(centres - point) ** 2",
        "(centres - point)[:, : model.cell.hidden_size] ** 2"),
        ("tests/lesson12/test_lesson12.py", "-k", "whole_state")),
    Defect("unseen: bars below zero point up", replaced(
        "helpers/lessons/lesson11/pictures.py", "np.asarray(values)[t]", "np.abs(values)[t]"),
        ("tests/pictures/test_shown.py", "-k", "look_up_weights")),
    Defect("unseen: work that was taken up can't be stopped", replaced(
        "helpers/widgets/button.py", 'self._button.icon, self.controls["Stop"].disabled = "cog", False',
        'self._button.icon = "cog"'), ("tests/widgets/test_unseen.py", "-k", "goes_on_where")),
    Defect("unseen: a step that overwrites its argument is right", replaced(
        "helpers/lessons/lesson13/stage_checks.py", "hint=HINT.format(H=H), own=True, shape",
        "hint=HINT.format(H=H), shape"), ("tests/lesson13/test_stages_lesson13.py", "-k", "right_answers")),
    Defect("unseen: the encoder is by those who found attention", replaced(
        LESSON_PATHS["11"], "(Sutskever, Vinyals and Le 2014; Cho", "(Bahdanau, Cho and Bengio 2015; Cho"),
        ("tests/course/test_references.py", "-k", "cited")),
    Defect("unseen: a DOI is that of another paper", replaced(
        LESSON_PATHS["13"], "PhysRevLett.61.259", "PhysRevLett.69.3717"),
        ("tests/course/test_references.py", "-k", "its_own_link")),
    Defect("unseen: a worked solution says fall for rise", replaced(
        LESSON_PATHS["11"].replace("/", "/solutions/"), "first score should fall, the second should rise",
        "first score should rise, the second should fall"), ("tests/course/test_claims.py", "-k", "11")),
    Defect("unseen: first choices are the last ones", replaced(
        "helpers/classroom/report.py", "one[name].first for one in", "one[name].last for one in"),
        ("tests/classroom/test_report.py", "-k", "first_choice")),
    Defect("unseen: a pause counts as minutes", replaced(
        "helpers/classroom/report.py", "0 < spent <= PAUSE", "0 < spent"),
        ("tests/classroom/test_report.py", "-k", "first_choice")),
]
BEYOND = ASKING + PICTURES + KEEPING + PUBLISHED + LATER + MARKING + DOCUMENTS + UNSEEN
