"""Hand-ins are matched to people as learning platforms name them; who can't be told apart is not guessed."""

import pytest

from helpers.classroom.people import Person, owner, read_roster

CLASS = [Person("s01", "Ada Lovelace", "ada@x.org"), Person("s02", "Ada Byron", "byron@x.org"),
         Person("s03", "Zoë Ångström", "zoe.a@x.org"), Person("s04", "Sam Lee", "sam@x.org"),
         Person("s05", "Sam Lee", "sam2@x.org"), Person("6"), Person("7")]


@pytest.mark.parametrize(("path", "whose"), [
    ("Ada Lovelace_12345_assignsubmission_file_/lesson02.ipynb", "s01"),
    ("adabyron_1_2_x.ipynb", "s02"),
    ("zoe.a/final_FINAL.ipynb", "s03"),
    ("Angstrom, Zoë - lesson.ipynb", "s03"),
    ("Sam Lee_1_file/lesson.ipynb", None),
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
    ('id,name\n"1001,"Ali"ce"\n1002,"bob\n', "line 2 has a quotation mark that is not closed"),
    ("id\ns1\ns2\n", "not a table"), ("name\nAda Byron\nBo\n", "not a table"),
    (f"id,name\n1,{'A' * 200_000}\n", "line 2 is too long"),
])
def test_a_roster_that_is_none_is_told(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_roster(path)


def test_an_id_makes_a_folder_and_no_path(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,name\n../../etc,Eve Il\n", encoding="utf-8")
    assert read_roster(path)[0].id == "etc"
