from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from clusterctl.data.access import Access
from clusterctl.errors import ConfigError, DataLoadError

X = np.random.default_rng(0).normal(size=(30, 3))


@pytest.fixture
def h5(tmp_path):
    with h5py.File(tmp_path / "t.h5", "w") as file:
        yield file


def _load(h5, load_file, **settings):
    h5.close()
    return load_file("t.h5", **settings)


def test_a_group_of_equal_length_datasets_is_a_table(h5, load_file):
    h5["g/x"], h5["g/n"] = X[:, 0], np.arange(30, dtype=">i4") % 7
    h5["g/s"], h5["g/b"] = ["é", "NA", ""] * 10, np.arange(30) % 2 == 0
    h5["g/f"] = np.array([b"ab", b"c", b"d"] * 10)
    data = _load(h5, load_file)
    assert data.kinds == {"b": "boolean", "f": "categorical", "n": "numeric", "s": "categorical", "x": "numeric"}
    np.testing.assert_array_equal(data.frame["x"], X[:, 0])
    assert data.frame["s"].fillna("<missing>").tolist()[:3] == ["é", "NA", "<missing>"]


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "shuffle": True}, {"compression": "lzf"}])
def test_a_two_dimensional_dataset_is_a_table(h5, load_file, options):
    h5.create_dataset("X", data=X, **options)
    data = _load(h5, load_file)
    assert data.features == ("c0", "c1", "c2")
    np.testing.assert_array_equal(data.frame.to_numpy(), X)


def test_columns_are_named_by_an_attribute(h5, load_file):
    h5["X"] = X
    h5["X"].attrs["columns"] = ["a", "b", "c"]
    assert _load(h5, load_file).features == ("a", "b", "c")


def test_a_compound_dataset_is_a_table(h5, load_file):
    h5["t"] = np.array([(1, 2.5, b"u"), (2, 3.5, b"v"), (2, 1.5, b"u")], dtype=[("n", "i4"), ("x", "f8"), ("s", "S3")])
    frame = _load(h5, load_file).frame
    assert frame["s"].tolist() == ["u", "v", "u"]
    assert frame["x"].tolist() == [2.5, 3.5, 1.5]


def test_enumerations_become_their_names(h5, load_file):
    h5.create_dataset("g/e", data=np.array([0, 1, 0]), dtype=h5py.enum_dtype({"low": 0, "high": 1}, "i1"))
    h5["g/x"] = [1.0, 2.0, 3.0]
    assert _load(h5, load_file).frame["e"].tolist() == ["low", "high", "low"]


def test_an_ambiguous_file_lists_its_keys_and_one_can_be_named(h5, load_file):
    h5["one"], h5["two"] = X, X[:10]
    with pytest.raises(DataLoadError, match="holds 2 tables: /one, /two"):
        _load(h5, load_file)
    assert load_file("t.h5", read_options={"hdf_key": "two"}).n_rows == 10


def test_a_key_that_is_not_there_is_a_config_error_with_the_keys(h5, load_file):
    h5["one"] = X
    with pytest.raises(ConfigError, match="no 'three'") as caught:
        _load(h5, load_file, read_options={"hdf_key": "three"})
    assert "/one" in (caught.value.hint or "")


def test_a_file_without_a_table_is_refused(h5, load_file):
    h5["cube"] = np.zeros((3, 3, 3))
    with pytest.raises(DataLoadError, match="no table"):
        _load(h5, load_file)


def test_soft_and_external_links_are_not_followed(h5, load_file, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = X
    h5["own"] = X[:5]
    h5["away"] = h5py.ExternalLink("other.h5", "/secret")
    h5["soft"] = h5py.SoftLink("/own")
    assert _load(h5, load_file).n_rows == 5
    for key in ("away", "soft"):
        with pytest.raises(DataLoadError, match="link, which is not followed"):
            load_file("t.h5", read_options={"hdf_key": key})


def test_virtual_datasets_are_refused(h5, load_file, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = X
    layout = h5py.VirtualLayout(shape=X.shape, dtype=X.dtype)
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", shape=X.shape)
    h5.create_virtual_dataset("v", layout)
    with pytest.raises(DataLoadError, match="virtual"):
        _load(h5, load_file)


def test_data_kept_in_another_file_is_refused(h5, load_file, tmp_path):
    (tmp_path / "raw").write_bytes(b"\0" * 800)
    h5.create_dataset("e", shape=(10, 10), dtype="f8", external=[(str(tmp_path / "raw"), 0, 800)])
    with pytest.raises(DataLoadError, match="another file"):
        _load(h5, load_file)


def test_object_references_are_refused(h5, load_file):
    h5["x"] = X
    h5.create_dataset("g/r", data=np.array([h5["x"].ref] * 3, dtype=object), dtype=h5py.ref_dtype)
    with pytest.raises(DataLoadError, match="references"):
        _load(h5, load_file, read_options={"hdf_key": "g"})


def test_a_filter_that_needs_a_plug_in_is_refused(h5, load_file):
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((10, 3))
    properties.set_filter(32004, h5py.h5z.FLAG_OPTIONAL)
    h5py.h5d.create(h5.id, b"X", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((30, 3)), properties)
    with pytest.raises(DataLoadError, match="plug-in"):
        _load(h5, load_file)


def test_a_cycle_of_groups_ends(h5, load_file):
    h5.create_group("a/b")
    h5["a/b/loop"] = h5["a"]
    h5["a/X"] = X
    assert _load(h5, load_file).n_rows == 30


def test_a_dataset_larger_than_the_limit_is_refused_before_it_is_read(h5, load_file):
    h5.create_dataset("X", shape=(1_000_000, 100), dtype="f8", chunks=(1000, 100), compression="gzip")
    with pytest.raises(DataLoadError, match="would unpack to 800,000,000 bytes"):
        _load(h5, load_file, access=Access(max_unpacked_bytes=1_000_000))


def test_a_truncated_file_is_refused(h5, load_file, tmp_path):
    h5["X"] = X
    h5.close()
    path: Path = tmp_path / "t.h5"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataLoadError, match="not readable as HDF5"):
        load_file("t.h5")


def test_numeric_blocks_of_pandas_fixed_format_are_read(h5, load_file):
    group = h5.create_group("df")
    group.attrs.update({"pandas_type": np.bytes_(b"frame"), "nblocks": 2})
    group["axis0"], group["axis1"] = np.array([b"a", b"n", b"b"]), np.arange(30)
    group["block0_items"], group["block0_values"] = np.array([b"a", b"b"]), X[:, :2]
    group["block1_items"], group["block1_values"] = np.array([b"n"]), (np.arange(30) % 7).reshape(-1, 1)
    data = _load(h5, load_file)
    assert list(data.frame.columns) == ["a", "n", "b"]
    np.testing.assert_array_equal(data.frame["b"], X[:, 1])


class Payload:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


def test_a_pickle_in_a_file_is_never_executed(h5, load_file, tmp_path):
    marker = tmp_path / "executed"
    poison = pickle.dumps(Payload(marker))
    h5.attrs["CLASS"], h5.attrs["TITLE"] = np.bytes_(poison), np.void(poison)
    group = h5.create_group("df")
    group.attrs.update({"pandas_type": np.bytes_(b"frame"), "nblocks": 1, "info": np.bytes_(poison), "encoding": np.void(poison)})
    group["axis0"], group["axis1"], group["block0_items"] = np.array([b"a"]), np.arange(3), np.array([b"a"])
    values = group.create_dataset("block0_values", shape=(1,), dtype=h5py.vlen_dtype(np.uint8))
    values[0] = np.frombuffer(poison, dtype=np.uint8)
    values.attrs["PSEUDOATOM"] = "object"
    with pytest.raises(DataLoadError, match="pickled objects") as caught:
        _load(h5, load_file)
    assert "parquet" in (caught.value.hint or "")
    assert not marker.exists()
    pickle.loads(poison)  # noqa: S301 (shows that the payload would have left its mark)
    assert marker.exists()


def test_pandas_table_format_is_refused_with_a_way_out(h5, load_file):
    group = h5.create_group("df")
    group.attrs["pandas_type"] = np.bytes_(b"frame_table")
    group["table"] = np.zeros(3, dtype=[("index", "i8"), ("values_block_0", "f8", (2,))])
    with pytest.raises(DataLoadError, match="table format") as caught:
        _load(h5, load_file)
    assert "parquet" in (caught.value.hint or "")
