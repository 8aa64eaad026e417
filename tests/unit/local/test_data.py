import contextlib
import stat

import pytest

from local.changes import Change
from local.data import DataFolder, DataFolderError

ADA, BEN = {"pk": {"S": "ada"}}, {"pk": {"S": "ben"}}


def change(key, item, table="people"):
    return Change(table, key, None, item)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data"


def opened(path):
    return contextlib.closing(DataFolder(path))


def test_a_new_folder_holds_nothing(path):
    with opened(path) as folder:
        assert (folder.items(), folder.state()) == ([], {})


def test_the_last_write_of_each_item_is_restored(path):
    with opened(path) as folder:
        folder.begin_journal([])
        folder.write([change(ADA, ADA | {"age": {"N": "1"}}), change(BEN, BEN)])
        folder.write([change(ADA, ADA | {"age": {"N": "2"}})])
        folder.write([change(BEN, None), change(ADA, ADA, table="pets")])

    with opened(path) as folder:
        assert folder.items() == [("people", ADA | {"age": {"N": "2"}}), ("pets", ADA)]


def test_an_incomplete_last_line_is_ignored(path):
    with opened(path) as folder:
        folder.begin_journal([change(ADA, ADA)])
    with (path / "tables.jsonl").open("ab") as file:
        file.write(b'[["people",{"pk":{"S":"ben"}},{"pk"')

    with opened(path) as folder:
        assert folder.items() == [("people", ADA)]
        folder.begin_journal([change(ADA, ADA)])
        folder.write([change(BEN, BEN)])
    with opened(path) as folder:
        assert folder.items() == [("people", ADA), ("people", BEN)]


def test_damage_elsewhere_is_reported(path):
    with opened(path) as folder:
        (path / "tables.jsonl").write_bytes(b"[]\nnonsense\n[]\n")

        with pytest.raises(DataFolderError, match="damaged in line 2"):
            folder.items()


def test_a_rewritten_journal_is_short(path):
    with opened(path) as folder:
        folder.begin_journal([])
        for age in range(100):
            folder.write([change(ADA, ADA | {"age": {"N": str(age)}})])
    with opened(path) as folder:
        folder.begin_journal([change(ADA, ADA)])

    assert (path / "tables.jsonl").read_bytes().count(b"\n") == 1


def test_binaries_come_back_as_they_were(path):
    binary = {"B": b"\x00"}
    item = ADA | {"b": binary, "s": {"BS": [b"1", b"2"]}, "m": {"M": {"b": binary, "l": {"L": [binary, {"S": "x"}]}}}}
    with opened(path) as folder:
        folder.begin_journal([change(ADA, item)])

        assert folder.items() == [("people", item)]


def test_only_the_owner_can_read_the_files(path):
    with opened(path) as folder:
        folder.keep({"secrets": {"Seed": "x"}})
    with opened(path) as folder:
        assert folder.state() == {"secrets": {"Seed": "x"}}

    assert stat.S_IMODE((path / "state.json").stat().st_mode) == 0o600


def test_a_folder_serves_one_stack_at_a_time(path):
    with opened(path), pytest.raises(DataFolderError, match="in use by another local stack"):
        DataFolder(path)
    with opened(path):
        pass


def test_a_folder_that_cannot_be_created_is_reported_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DataFolderError, match="cannot be used"):
        DataFolder(tmp_path / "file" / "data")
