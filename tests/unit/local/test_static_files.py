"""The pages' files, served as by a static host, and no other files."""

import pytest

from local import static_files

PAGE = "<!doctype html>"


@pytest.fixture
def folders(tmp_path):
    for name in ("first", "second", "secret"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret" / "key.js").write_text("secret")
    (tmp_path / "first" / "a.js").write_text("first")
    (tmp_path / "second" / "a.js").write_text("second")
    (tmp_path / "second" / "demo").mkdir()
    (tmp_path / "second" / "demo" / "index.html").write_text(PAGE)
    (tmp_path / "second" / "notes.txt").write_text("of no known type")
    (tmp_path / "second" / "link.js").symlink_to(tmp_path / "secret" / "key.js")
    return [tmp_path / "first", tmp_path / "second"]


def test_a_file_has_its_exact_type_and_a_strict_policy(folders):
    response = static_files.find(folders, "a.js")
    headers = dict(response.headers)

    assert response.body == b"first"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_a_folders_own_page_is_its_index(folders):
    response = static_files.find(folders, "demo/")

    assert (response.body, dict(response.headers)["content-type"]) == (PAGE.encode(), "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "missing.js",
        "demo",
        "notes.txt",
        "link.js",
        "../secret/key.js",
        "demo/../../secret/key.js",
        "./a.js",
        "/a.js",
        "//a.js",
        "demo//index.html",
        "..\\secret\\key.js",
        "a.js\0",
        "",
    ],
)
def test_nothing_else_is_served(folders, path):
    assert static_files.find(folders, path) is None
