"""Protobuf descriptors: ``specs/<name>.proto`` in the form that is read at run time."""

import tempfile
from pathlib import Path

from profilegate.errors import SettingError, SpecError
from profilegate.openapi.resources import DESCRIPTORS


def generate_descriptors(proto: Path) -> bytes:
    """
    A serialized FileDescriptorSet: the same file gives the same bytes.

    Raises:
        SpecError: protoc does not understand the file.
        SettingError: grpcio-tools, which contains protoc, is not installed.
    """
    try:
        from grpc_tools import protoc
    except ImportError:
        raise SettingError(
            "generate", "grpcio-tools is needed for specs/*.proto; run `make install`"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / DESCRIPTORS
        arguments = ["protoc", f"--proto_path={proto.parent}", f"--descriptor_set_out={target}"]
        status: int = protoc.main([*arguments, proto.name])  # type: ignore[no-untyped-call]
        if status != 0:
            raise SpecError(
                f"specs/{proto.name}", "", "protoc does not understand it", "see its messages above"
            )
        return target.read_bytes()
