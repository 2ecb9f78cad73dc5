"""Files and folders that are there whole or not at all."""

import pytest

from centavo.whole_files import whole_folder, write_whole


def test_a_file_and_its_folder_appear_at_once(tmp_path):
    write_whole(tmp_path / "a" / "b.txt", "ação")
    write_whole(tmp_path / "a" / "b.txt", b"new")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"new"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_draft(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "taken", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_folder_takes_the_place_of_ours_and_of_no_other(tmp_path):
    for text in ("old", "new"):
        with whole_folder(tmp_path / "out", ours={"a"}) as draft:
            (draft / "a").write_text(text)
    assert (tmp_path / "out" / "a").read_text() == "new"
    with pytest.raises(FileExistsError), whole_folder(tmp_path / "out", ours={"b"}):
        pass
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "out", ours={"a"}):
        1 / 0  # noqa: B018
    assert (tmp_path / "out" / "a").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
