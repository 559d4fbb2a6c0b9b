from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.test.client import Client

from accounts.models import User
from runtime.models import Dataset, DatasetChunk
from tests.contract import Api
from tests.people import bearer

pytestmark = pytest.mark.django_db

CSV = b"city,temp,at\nSeattle,39.2,2010-01-01\nSan Francisco,47.8,2010-01-01\n"


def file(content: bytes, name: str = "temps.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(api: Api, content: bytes = CSV, name: str = "temps.csv", **fields: str) -> Any:
    return api.upload("datasets/", {"file": file(content, name), **fields})


def big_csv(rows: int) -> bytes:
    return b"id,text\n" + b"".join(b"%d,%s\n" % (number, b"x" * 200) for number in range(rows))


def test_an_uploaded_csv_is_described_and_its_rows_can_be_read(api: Api) -> None:
    response = upload(api)
    dataset = response.json()
    rows = api.get(f"datasets/{dataset['id']}/rows/").json()

    assert response.status_code == 201
    assert (dataset["name"], dataset["format"], dataset["rows"], dataset["bytes"]) == (
        "temps",
        "csv",
        2,
        len(CSV),
    )
    assert [column["name"] for column in dataset["columns"]] == ["city", "temp", "at"]
    assert dataset["columns"][1]["type"] == "number"
    assert rows["total"] == 2
    assert rows["results"][0] == {"city": "Seattle", "temp": 39.2, "at": "2010-01-01"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.json", json.dumps([{"a": 1}, {"a": 2}]).encode()),
        ("rows.jsonl", b'{"a": 1}\n{"a": 2}\n'),
        ("rows.ndjson", b'{"a": 1}\n{"a": 2}\n'),
    ],
)
def test_other_formats_are_read_alike(api: Api, name: str, content: bytes) -> None:
    dataset = upload(api, content, name).json()

    assert api.get(f"datasets/{dataset['id']}/rows/").json()["results"] == [{"a": 1}, {"a": 2}]


def test_parquet_is_read_too(api: Api) -> None:
    import pyarrow
    from pyarrow import parquet

    target = io.BytesIO()
    parquet.write_table(pyarrow.table({"n": list(range(5000))}), target)

    dataset = upload(api, target.getvalue(), "numbers.parquet").json()

    rows = api.get(f"datasets/{dataset['id']}/rows/", {"offset": 4990, "limit": 100}).json()
    assert [row["n"] for row in rows["results"]] == list(range(4990, 5000))


def test_a_file_of_many_chunks_comes_back_byte_for_byte(api: Api) -> None:
    content = big_csv(15_000)
    dataset = upload(api, content, "big.csv").json()

    download = api.get(f"datasets/{dataset['id']}/download/")
    rows = api.get(f"datasets/{dataset['id']}/rows/", {"offset": 14_998}).json()

    assert DatasetChunk.objects.filter(dataset=dataset["id"]).count() == 3
    assert download.content == content
    assert 'filename="big.csv"' in download["Content-Disposition"]
    assert [row["id"] for row in rows["results"]] == [14_998, 14_999]


@pytest.mark.parametrize("offset", [2, 3, 10**15])
def test_rows_past_the_end_are_none(api: Api, offset: int) -> None:
    dataset = upload(api).json()

    body = api.get(f"datasets/{dataset['id']}/rows/", {"offset": offset}).json()

    assert (body["results"], body["total"]) == ([], 2)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("broken.csv", b"a,b\n1,2\n1,2,3\n", 3),
        ("quote.csv", b'a,b\n1,"open\n', None),
        ("latin.csv", b"a,b\n1,2\n\xff\xfe\x00,3\n", None),
        ("broken.jsonl", b'{"a": 1}\n{"a": \n', 2),
        ("broken.json", b'[{"a": 1}, {"a" 2}]', None),
        ("scalar.json", b"3", None),
        ("nothing.csv", b"", None),
        ("fake.parquet", b"PAR1 this is no parquet file PAR1", None),
    ],
)
def test_a_broken_file_is_refused_with_its_place_and_leaves_nothing(
    api: Api, name: str, content: bytes, line: int | None
) -> None:
    response = upload(api, content, name)
    [error] = response.json()["errors"]

    assert response.status_code == 422
    assert response.json()["code"] == "unreadable_dataset"
    assert error["message"]
    if line is not None:
        assert error["line"] == line
    assert not Dataset.objects.exists()
    assert not DatasetChunk.objects.exists()


def test_a_name_is_taken_once(api: Api) -> None:
    upload(api)

    response = upload(api)

    assert response.status_code == 409
    assert response.json()["code"] == "name_taken"
    assert upload(api, name="other.csv").status_code == 201


def test_a_name_can_be_given(api: Api) -> None:
    response = api.upload("datasets/", {"file": file(CSV, "Ünïcode (1).csv"), "name": "Weather 2010"})

    assert response.json()["name"] == "Weather 2010"


def test_without_a_name_one_is_made_of_the_files(api: Api) -> None:
    assert upload(api, name="Wetter über Köln (1).csv").json()["name"] == "Wetter -ber K-ln -1"


@pytest.mark.parametrize("name", ["../etc", "a/b", "x" * 101, ".hidden", "tab\there", "-"])
def test_a_name_that_is_no_file_name_is_refused(api: Api, name: str) -> None:
    response = api.upload("datasets/", {"file": file(CSV), "name": name})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "name"


@pytest.mark.parametrize("name", ["table.xlsx", "noending", "script.py", "csv"])
def test_other_kinds_of_files_are_refused(api: Api, name: str) -> None:
    response = upload(api, CSV, name)

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "unsupported_format"


@pytest.mark.parametrize("fields", [{}, {"file": "text"}, {"name": "x"}, {"file": b"x", "replace": "1"}])
def test_an_upload_without_a_usable_file_is_refused(api: Api, fields: dict[str, Any]) -> None:
    assert api.upload("datasets/", fields).status_code == 422


def test_json_instead_of_a_form_is_415(api: Api) -> None:
    assert api.post("datasets/", {"file": "x"}).status_code == 415


@override_settings(DATASET_MAX_MB=1)
def test_a_file_past_the_cap_is_413_and_leaves_nothing(api: Api) -> None:
    limits = api.get("datasets/").json()["limits"]

    slightly = upload(api, big_csv(5_100), "slightly.csv")
    far = upload(api, big_csv(40_000), "far.csv")

    assert limits["max_bytes"] == 1 << 20
    assert (slightly.status_code, far.status_code) == (413, 413)
    assert slightly.json()["max_bytes"] == far.json()["max_bytes"] == 1 << 20
    assert not Dataset.objects.exists()


@override_settings(DATASET_MAX_MB=1)
def test_a_file_past_the_cap_is_refused_by_its_declared_size_alone(editor: User) -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    response = Client().post(
        "/api/v1/datasets/",
        headers=bearer(editor),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 << 20),
        **{"wsgi.input": Unread()},
    )

    assert response.status_code == 413


@pytest.mark.parametrize(
    "raw",
    [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nno end", b"\xff" * 100],
)
def test_a_form_that_ends_in_the_middle_is_no_server_error(api: Api, raw: bytes) -> None:
    response = api.send("POST", "datasets/", raw, content_type="multipart/form-data; boundary=x")

    assert response.status_code in (400, 422)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=\xff", "text/csv"]
)
def test_a_form_without_a_boundary_is_no_server_error(api: Api, content_type: str) -> None:
    assert api.send("POST", "datasets/", CSV, content_type=content_type).status_code in (400, 415, 422)


def test_deleting_a_dataset_deletes_its_rows(api: Api) -> None:
    dataset = upload(api).json()

    assert api.delete(f"datasets/{dataset['id']}/").status_code == 204

    assert api.get(f"datasets/{dataset['id']}/").status_code == 404
    assert not DatasetChunk.objects.exists()


def test_the_list_can_be_searched_and_paged(api: Api) -> None:
    for name in ("temps a", "temps b", "airports"):
        upload(api, name=f"{name}.csv")

    first = api.get("datasets/", {"search": "TEMPS", "limit": 1}).json()
    second = api.get(first["next"]).json()

    assert [first["results"][0]["name"], second["results"][0]["name"]] == ["temps b", "temps a"]


def test_an_upload_repeated_with_its_key_is_stored_once(api: Api) -> None:
    answers = [api.upload("datasets/", {"file": file(CSV)}, Idempotency_Key="upload-1") for _ in range(2)]
    other = api.upload("datasets/", {"file": file(CSV + b"x,1,2010-01-02\n")}, Idempotency_Key="upload-1")

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


def test_viewers_look_and_strangers_find_nothing(api: Api, viewer_api: Api, stranger_api: Api) -> None:
    path = f"datasets/{upload(api).json()['id']}/"

    assert viewer_api.get(path + "rows/").status_code == 200
    assert viewer_api.get(path).json()["can"] == []
    assert viewer_api.delete(path).status_code == 403
    assert upload(viewer_api).status_code == 403
    for below in ("", "rows/", "download/"):
        assert stranger_api.get(path + below).status_code == 404
    assert stranger_api.delete(path).status_code == 404
    assert stranger_api.get("datasets/").json()["results"] == []
    assert upload(stranger_api).status_code == 201


HOSTILE = {
    "NUL in a header.csv": b"a\x00b,c\n1,2\n",
    "NUL in a cell.csv": b"a,c\n1\x00,2\n",
    "NUL in a key.json": b'[{"a\\u0000b": 1}]',
    "NUL in a value.json": b'[{"a": "x\\u0000y"}]',
    "half a pair in a key.json": b'[{"\\ud800": 1}]',
    "half a pair in a value.jsonl": b'{"a": "\\udfff"}\n',
    "huge integer.json": b'[{"a": ' + b"9" * 400 + b"}]",
    "endless integer.json": b'[{"a": ' + b"9" * 5000 + b"}]",
    "infinite.json": b'[{"a": 1e999}]',
    "not a number.json": b'[{"a": NaN}]',
    "deep.json": b"[" + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"]",
    "ten thousand columns.csv": b",".join(b"c%d" % n for n in range(10_000)) + b"\n",
    "one endless line.csv": b"a\n" + b"x" * (3 << 20),
    "same column twice.csv": b"a,a\n1,2\n",
    "empty header.csv": b",,\n1,2,3\n",
    "only a header.csv": b"a,b\n",
    "byte order mark.csv": b"\xef\xbb\xbfa,b\n1,2\n",
    "empty list.json": b"[]",
    "rows of other kinds.json": b'[1, "a", null]',
}


@pytest.mark.parametrize(("name", "content"), HOSTILE.items(), ids=HOSTILE.keys())
def test_a_strange_file_is_stored_and_readable_or_refused(api: Api, name: str, content: bytes) -> None:
    response = upload(api, content, name)

    assert response.status_code in (201, 422)
    if response.status_code == 201:
        path = f"datasets/{response.json()['id']}/"
        assert api.get("datasets/").status_code == 200
        assert api.get(path + "rows/").status_code == 200
        assert api.get(path + "download/").content == content
    else:
        assert not DatasetChunk.objects.exists()


def test_numbers_that_json_has_not_are_refused_or_null(api: Api) -> None:
    import pyarrow
    from pyarrow import parquet

    for name, value in (("nan", float("nan")), ("inf", float("inf"))):
        target = io.BytesIO()
        parquet.write_table(pyarrow.table({"n": [1.5, value]}), target)
        response = upload(api, target.getvalue(), f"{name}.parquet")
        if response.status_code == 422:
            assert response.json()["errors"][0]["message"]
            continue
        rows = api.get(f"datasets/{response.json()['id']}/rows/").json()["results"]
        assert [row["n"] for row in rows] == [1.5, None]
