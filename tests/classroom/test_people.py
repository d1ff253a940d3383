"""Hand-ins are matched to people as learning platforms name them; who can't be told apart is not guessed."""

import os

import pytest
from made_up_class import in_time

from helpers.classroom.people import Person, few, owner, read_roster

CLASS = [Person("s01", "Ada Lovelace", "ada@x.org"), Person("s02", "Ada Byron", "byron@x.org"),
         Person("s03", "Zoë Ångström", "zoe.a@x.org"), Person("s04", "Sam Lee", "sam@x.org"),
         Person("s05", "Sam Lee", "sam2@x.org"), Person("6"), Person("7")]


@pytest.mark.parametrize(("path", "whose"), [
    ("Ada Lovelace_12345_assignsubmission_file_/lesson02.ipynb", "s01"),
    ("lovelaceada_LATE_12345_678_lesson02-1.ipynb", "s01"),
    ("adabyron_1_2_x.ipynb", "s02"),
    ("inbox/s02/notebook.ipynb", "s02"),
    ("Zoe Angstrom/lesson02 (3).ipynb", "s03"),
    ("zoe.a/final_FINAL.ipynb", "s03"),
    ("Angstrom, Zoë - lesson.ipynb", "s03"),
    ("Sam Lee_1_file/lesson.ipynb", None),
    ("sam2/lesson.ipynb", "s05"),
    ("lesson02.ipynb", None),
    ("ada.ipynb", "s01"),
    ("Ada Byron_1_assignsubmission_file_/Zoë Ångström lesson02.ipynb", "s02"),
    ("byronada_1_2_Zoë Ångström.ipynb", None),
    ("ada_1_2_Ada Byron.ipynb", None),
    ("Ada Byron_1_Ada Byron.ipynb", "s02"),
    ("Ada Byron and Zoë Ångström/lesson02.ipynb", None),
    ("Ångström/Zoë/lesson02.ipynb", "s03"),
    ("week 7/Zoë Ångström (6).ipynb", "s03"),
    ("7/Zoë Ångström.ipynb", "7"),
    ("lesson02 7.ipynb", "7"),
])
def test_whose_a_file_is(path, whose):
    person, _ = owner(path, CLASS)
    assert (person and person.id) == whose


@pytest.mark.parametrize("text", [
    "\ufeffID;First name;Last name;Email address\n7;Zoë;Ångström;z@x.org\n",
    "id,name,email\n7,Zoë Ångström,z@x.org\n\n",
    "Username\tFull name\n7\tZoë Ångström\n",
    "sep=;\nid;name\n7;Zoë Ångström\n",
])
def test_rosters_as_platforms_write_them(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    assert [(one.id, one.name) for one in read_roster(path)] == [("7", "Zoë Ångström")]
    path.write_text(text.lstrip("\ufeff"), encoding="cp1252")
    assert read_roster(path)[0].name == "Zoë Ångström"
    path.write_text(text.lstrip("\ufeff").replace("Zoë", "\0Zoë"), encoding="utf-16")
    assert read_roster(path)[0].name == "Zoë Ångström"


@pytest.mark.parametrize(("text", "said"), [
    ("", "nobody"), ("id,name\n", "nobody"), ("colour,size\nred,3\n", "no column id"),
    ("id,name\n1,A\n1,B\n", "twice: 1"), ("id,name\nS1,A\ns1,B\n", "twice: S1 and s1"),
    ("id;name\nx;A\n'x,y';B\n'x/y';C\n", "twice: 'x,y' and 'x/y'. Give each person a different one"),
    ("id,name\n" + "".join(f"{k},A\n{k},B\n" for k in range(9999)), "19 and 9,979 more. Give"),
    ('id,name\n"1001,"Ali"ce"\n1002,"bob\n', "line 2 has a quotation mark that is not closed"),
    ('id,name\n1001,Alice\n1002,"bob\nand\nmore\n', "line 3 has a quotation mark that is not closed"),
    ("id\ns1\ns2\n", "not a table"), ("name\nAda Byron\nBo\n", "not a table"),
    (f"id,name\n1,{'A' * 200_000}\n", "line 2 is too long"),
])
def test_a_roster_that_is_none_is_told(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_roster(path)


def test_a_roster_that_is_no_file_is_told_and_not_waited_for(tmp_path):
    kinds = {"folder": tmp_path.__class__.mkdir}
    if hasattr(os, "mkfifo"):
        kinds["pipe"] = os.mkfifo
    for kind, make in kinds.items():
        make(tmp_path / kind)
        with in_time(), pytest.raises(ValueError, match=rf"{kind} cannot be read: it is a {kind}"):
            read_roster(tmp_path / kind)
    with pytest.raises(ValueError, match="there is no such file"):
        read_roster(tmp_path / "none.csv")


def test_a_name_over_two_lines_is_one_name(tmp_path):
    (tmp_path / "people.csv").write_text('id,name\n1,"Ada\nByron"\n2,Bo\n', encoding="utf-8")
    assert [one.name for one in read_roster(tmp_path / "people.csv")] == ["Ada Byron", "Bo"]


def test_an_id_makes_a_folder_and_no_path(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,name\n../../etc,Eve Il\n", encoding="utf-8")
    assert read_roster(path)[0].id == "etc"


def test_a_line_of_a_roster_without_anybody_is_left_out(tmp_path):
    (tmp_path / "people.csv").write_text("id;name;group\ns1;Ada;A\n;;B\n;;C\n", encoding="utf-8")
    assert [person.id for person in read_roster(tmp_path / "people.csv")] == ["s1"]


def test_a_column_that_is_there_twice_is_named(tmp_path):
    (tmp_path / "people.csv").write_text("ID,name,id\n1,Ada,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"people\.csv has two columns called id\. Rename"):
        read_roster(tmp_path / "people.csv")


@pytest.mark.parametrize(("path", "whose"), [
    ("x 1234 y/Ada Lovelace.ipynb", "1234"), ("x 123 y/Ada Lovelace.ipynb", "s01"),
    ("x 123 y/a.ipynb", "123"), ("a1b/Ada Lovelace.ipynb", "a1b")])
def test_a_short_number_counts_for_less_than_a_name(path, whose):
    person, _ = owner(path, [CLASS[0], Person("1234"), Person("123"), Person("a1b")])
    assert person.id == whose


def test_who_may_be_meant_are_all_told():
    assert owner("Sam Lee_1/x.ipynb", CLASS) == (None, CLASS[3:5]) and owner("x.ipynb", CLASS) == (None, [])


def test_of_very_many_names_the_first_are_told():
    assert few(list("abc"), 3) == "a, b, c" and few(list("abcd"), 3) == "a, b, c and 1 more"
    assert few([str(k) for k in range(1021)]).endswith(", 19 and 1,001 more")


@pytest.mark.parametrize(("row", "person"), [
    ("7;Ada B;Ada;Byron;a@x.org", Person("7", "Ada B", "a@x.org")),
    (";;Ada;Byron;a@x.org", Person("a", "Ada Byron", "a@x.org")), (";;Zoë;;", Person("Zoe", "Zoë")),
    (f"{'x' * 101};;;Lee;", Person("x" * 100, "Lee"))])
def test_what_a_roster_does_not_say_is_taken_from_its_other_columns(tmp_path, row, person):
    (tmp_path / "people.csv").write_text(f"ID;Name;First_Name;last  name;E-Mail\n{row}\n", encoding="utf-8")
    assert read_roster(tmp_path / "people.csv") == [person]


@pytest.mark.parametrize("ident", ["", ".a", "a/b", "a b", 5])
def test_what_can_name_no_folder_is_no_id(ident):
    with pytest.raises(TypeError, match="cannot name a folder"):
        Person(ident)
