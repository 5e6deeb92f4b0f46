"""``profilegate generate`` and protobuf: the descriptors that follow from ``specs/*.proto``."""

import shutil
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from profilegate.codegen.descriptors import generate_descriptors
from profilegate.codegen.files import find_drift, write_files
from profilegate.errors import SpecError

ROOT = Path(__file__).resolve().parents[2]

DESCRIPTORS = "handlers/diadoc/_generated.binpb"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """
    A checkout of its own, with one spec, its messages, and what follows from them.
    """
    (tmp_path / "specs").mkdir()
    for name in ("diadoc.yaml", "diadoc.proto"):
        shutil.copy(ROOT / "specs" / name, tmp_path / "specs")
    shutil.copytree(ROOT / "handlers" / "diadoc", tmp_path / "handlers" / "diadoc")
    write_files(tmp_path / "specs", tmp_path / "handlers")
    return tmp_path


ORGANIZATIONS = {
    "OrganizationList": "Organizations=1",
    "Organization": """
        OrgId=1 Inn=2 Kpp=3 FullName=4 ShortName=5 Boxes=7 Ogrn=8 FnsParticipantId=9
        IsActive=15 IsTest=16 IsEmployee=19 Sociability=22 OrganizationType=27
        ReadyForEpdStatus=30 Comment=31
    """,
    "Box": "BoxId=1 BoxIdGuid=6 Title=2",
    "OrganizationUserPermissions": """
        UserDepartmentId=1 IsAdministrator=2 DocumentAccessLevel=3 CanSignDocuments=4
        CanManageCounteragents=6 CanAddResolutions=7 CanRequestResolutions=8 JobTitle=10
        CanCreateDocuments=11 AuthorizationPermission=12 CanDeleteRestoreDocuments=13
        CanAttachUniversalMessages=14
    """,
    "AuthorizationPermission": "IsBlocked=1",
    "Employee": "User=1 Permissions=2 Position=3 CanBeInvitedForChat=4",
    "EmployeePermissions": "UserDepartmentId=1 IsAdministrator=2 DocumentAccessLevel=3 Actions=5",
    "EmployeeAction": "Name=1 IsAllowed=2",
    "CertificateList": "Certificates=1",
    "CertificateInfoV2": "Thumbprint=1 Type=2",
}
"""Numbers of the messages about organizations, from the .proto files of Diadoc's C# client."""


def drifts(tree: Path) -> list[str]:
    """The output of the check."""
    return [str(drift) for drift in find_drift(tree / "specs", tree / "handlers")]


def test_descriptors_hold_the_messages_of_the_file(tree: Path) -> None:
    """
    Numbers as in Diadoc's own client libraries (LastName before FirstName), and the names that
    JSON has.
    """
    [file] = FileDescriptorSet.FromString((tree / DESCRIPTORS).read_bytes()).file
    fields = {
        f"{message.name}.{field.name}": (field.number, field.json_name)
        for message in file.message_type
        for field in message.field
    }

    assert "Diadoc.Api.Proto" == file.package
    assert {
        "UserToUpdate.Login": (1, "Login"),
        "UserToUpdate.FullName": (2, "FullName"),
        "UserLoginPatch.Login": (1, "Login"),
        "UserFullNamePatch.FullName": (1, "FullName"),
        "UserV2.UserId": (1, "UserId"),
        "UserV2.Login": (2, "Login"),
        "UserV2.FullName": (3, "FullName"),
        "UserV2.IsRegistered": (4, "IsRegistered"),
        "FullName.LastName": (1, "LastName"),
        "FullName.FirstName": (2, "FirstName"),
        "FullName.MiddleName": (3, "MiddleName"),
        "User.Id": (1, "Id"),
        "User.LastName": (2, "LastName"),
        "User.FirstName": (3, "FirstName"),
        "User.MiddleName": (4, "MiddleName"),
        "LoginPassword.Login": (1, "login"),
        "LoginPassword.Password": (2, "password"),
    } == {path: said for path, said in fields.items() if path.split(".")[0] not in ORGANIZATIONS}
    assert {
        (f"{name}.{field}", (int(number), field))
        for name, numbers in ORGANIZATIONS.items()
        for field, number in (each.split("=") for each in numbers.split())
    } == {(path, said) for path, said in fields.items() if path.split(".")[0] in ORGANIZATIONS}


def test_the_same_file_gives_the_same_descriptors(tree: Path) -> None:
    """
    Neither the place of the checkout nor the time is in them.
    """
    there, here = tree / "specs" / "diadoc.proto", ROOT / "specs" / "diadoc.proto"

    assert generate_descriptors(here) == generate_descriptors(there)
    assert [] == drifts(tree)
    assert [] == write_files(tree / "specs", tree / "handlers")


def test_descriptors_that_differ_are_named(tree: Path) -> None:
    """
    A .proto was edited, and `make generate` forgotten.
    """
    proto = tree / "specs" / "diadoc.proto"
    proto.write_text(proto.read_text("utf-8").replace("MiddleName = 3", "MiddleName = 7"), "utf-8")

    assert [f"{DESCRIPTORS}: differs; run `make generate`"] == drifts(tree)


def test_missing_descriptors_are_named(tree: Path) -> None:
    """
    Without them every operation with a protobuf body would stop the start.
    """
    (tree / DESCRIPTORS).unlink()

    assert [f"{DESCRIPTORS}: missing; run `make generate`"] == drifts(tree)


def test_orphaned_descriptors_are_named(tree: Path) -> None:
    """
    The .proto is gone, and what followed from it is still there.
    """
    (tree / "specs" / "diadoc.proto").unlink()

    assert [f"{DESCRIPTORS}: orphan; delete it, or write its spec"] == drifts(tree)


def test_generating_fixes_them(tree: Path) -> None:
    """
    "run `make generate`" is true advice.
    """
    (tree / DESCRIPTORS).write_bytes(b"stale")
    written = write_files(tree / "specs", tree / "handlers")

    assert ([DESCRIPTORS], []) == (written, drifts(tree))


def test_a_file_that_is_not_understood_stops_before_anything_is_written(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """
    protoc says what it does not understand, we say in which file.
    """
    (tree / "specs" / "diadoc.proto").write_text("message {", "utf-8")
    (tree / "handlers" / "diadoc" / "_generated.py").unlink()
    with pytest.raises(SpecError) as caught:
        write_files(tree / "specs", tree / "handlers")

    assert str(caught.value).startswith("specs/diadoc.proto: #: protoc does not understand it")
    assert "diadoc.proto:1:9: Expected message name." in capfd.readouterr().err
    assert not (tree / "handlers" / "diadoc" / "_generated.py").exists()
