"""Attacks on what lies beside the log: opened values, tiles, definitions, policies, receipts and handed-out cases."""

import io
import json
import zipfile
from base64 import b64encode

from audit.log.entry import leaf_hash
from audit.verify.findings import Code
from benchmarks.tamper_scene import DIRECTORY, KNOWN, NOTHING, POLICY, Scene, attack
from benchmarks.tamper_story import Signers, consistency, tile_name

RECEIPT, CASE, OLD, PROOF = "letter.tlog-proof", "case.json", "old", "proof"


def _opening(scene: Scene) -> int:
    return scene.random.randrange(len(scene.story.openings or ()))


@attack(Code.COMMITMENT)
def change_a_value(scene: Scene) -> None:
    """Hand out another value."""
    (scene.story.openings or [])[_opening(scene)]["value"] = f"{scene.random.getrandbits(32)}"


@attack(Code.COMMITMENT)
def change_a_secret(scene: Scene) -> None:
    """Hand out another secret, or one that is none."""
    secret = scene.random.choice([scene.random.randbytes(32).hex(), "", "åäö"])
    (scene.story.openings or [])[_opening(scene)]["secret"] = secret


@attack(Code.COMMITMENT)
def swap_two_values(scene: Scene) -> None:
    """Let two values, of one case or two, change places with their secrets."""
    openings = scene.story.openings or []
    one = _opening(scene)
    other = scene.random.choice([at for at in range(len(openings)) if at != one])
    openings[one]["v"], openings[other]["v"] = openings[other]["v"], openings[one]["v"]


@attack(Code.COMMITMENT)
def plant_a_value(scene: Scene) -> None:
    """Hand out a value that nothing commits to."""
    planted = {"v": f"vault:c_{scene.random.randbytes(16).hex()}/0", "secret": "00" * 32, "value": 1}
    (scene.story.openings or []).append(planted)


@attack(Code.COMMITMENT)
def double_a_value(scene: Scene) -> None:
    """Hand out two values for one place."""
    openings = scene.story.openings or []
    openings.append({**openings[_opening(scene)], "value": "annat"})


@attack(Code.GONE)
def lose_a_value(scene: Scene) -> None:
    """Remove a value, and say nothing."""
    del (scene.story.openings or [])[_opening(scene)]


@attack(Code.UNDECIDED, command="erasure")
def hand_out_no_values(scene: Scene) -> None:
    """Leave all values out where they are asked for."""
    scene.story.openings = None


@attack(Code.ALTERED)
def edit_a_definition(scene: Scene) -> None:
    """Change a rule in the archived version that cases were decided by."""
    name, package = scene.random.choice(sorted(scene.story.definitions.items()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(buffer, "w") as new:
        edited = scene.random.choice(old.namelist())
        for file in old.namelist():
            new.writestr(file, old.read(file) + (scene.random.randbytes(4).hex().encode() if file == edited else b""))
    scene.story.definitions[name] = buffer.getvalue()


@attack(Code.ALTERED)
def add_to_a_definition(scene: Scene) -> None:
    """Put a file that no version had into an archived one."""
    name, package = scene.random.choice(sorted(scene.story.definitions.items()))
    buffer = io.BytesIO(package)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(f"ekonomiskt_bistand/{scene.random.randbytes(4).hex()}.py", b"")
    scene.story.definitions[name] = buffer.getvalue()


@attack(Code.ALTERED)
def break_a_definition(scene: Scene) -> None:
    """Cut an archived version off."""
    name, package = scene.random.choice(sorted(scene.story.definitions.items()))
    scene.story.definitions[name] = package[: scene.random.randrange(len(package))]


@attack(Code.UNDECIDED)
def lose_a_definition(scene: Scene) -> None:
    """Remove an archived version that cases were decided by."""
    del scene.story.definitions[scene.random.choice(sorted(scene.story.definitions))]


def _hash_tile(scene: Scene) -> tuple[str, bytes]:
    tiles = [(name, data) for name, data in scene.story.tiles() if not name.startswith("entries")]
    return scene.random.choice(tiles)


@attack(Code.ALTERED)
def edit_a_hash_tile(scene: Scene) -> None:
    """Change one bit of a stored hash."""
    name, data = _hash_tile(scene)
    changed = bytearray(data)
    changed[scene.random.randrange(len(data))] ^= 1 << scene.random.randrange(8)
    _after_writing(scene, f"tile/{name}", bytes(changed))


@attack(Code.ALTERED)
def cut_a_hash_tile(scene: Scene) -> None:
    """Cut hashes off a tile."""
    name, data = _hash_tile(scene)
    _after_writing(scene, f"tile/{name}", data[: scene.random.randrange(len(data))])


@attack(Code.ALTERED)
def cut_a_bundle(scene: Scene) -> None:
    """Cut a bundle off in the middle of its last entry."""
    name, data = [tile for tile in scene.story.tiles() if tile[0].startswith("entries")][-1]
    last = len(scene.story.entries[-1])
    _after_writing(scene, f"tile/{name}", data[: len(data) - scene.random.randrange(1, last)])


@attack(Code.ALTERED)
def add_a_tile(scene: Scene) -> None:
    """Put entries after the newest head, which nothing has signed."""
    number = -(-len(scene.story.entries) // 256) + scene.random.randint(0, 2000)
    data = scene.story.entries[scene.index()]
    _after_writing(scene, f"tile/{tile_name('entries', number, 1)}", len(data).to_bytes(2) + data)


@attack(Code.UNDECIDED)
def lose_a_hash_tile(scene: Scene) -> None:
    """Remove a hash tile."""
    _after_writing(scene, f"tile/{_hash_tile(scene)[0]}", None)


@attack(Code.SHORTER)
def lose_the_last_bundle(scene: Scene) -> None:
    """Remove the newest entries' file."""
    name = [name for name, _ in scene.story.tiles() if name.startswith("entries")][-1]
    _after_writing(scene, f"tile/{name}", None)


@attack(Code.UNDECIDED)
def lose_the_checkpoint(scene: Scene) -> None:
    """Hand out a log without its newest head."""
    _after_writing(scene, "checkpoint", None)


@attack(Code.UNDECIDED)
def hand_out_nothing(scene: Scene) -> None:
    """Hand out an empty folder."""
    scene.arguments[1] = NOTHING


def _after_writing(scene: Scene, name: str, data: bytes | None) -> None:
    scene.rewritten[f"{DIRECTORY}/{name}"] = data


@attack(Code.UNDECIDED)
def break_a_key_in_the_policy(scene: Scene) -> None:
    """Change a letter in a key of the controller's own policy."""
    lines = scene.town.policy.split("\n")
    line = scene.random.choice([at for at, text in enumerate(lines) if "+" in text])
    at = scene.random.randrange(lines[line].index("+") + 1, len(lines[line]) - 4)
    changed = "A" if lines[line][at] != "A" else "B"
    lines[line] = lines[line][:at] + changed + lines[line][at + 1 :]
    scene.files[POLICY] = "\n".join(lines).encode()


def _letter(scene: Scene, size: int | None = None) -> int:
    """Hand out the receipt of a random entry, and look at it as the applicant's letter asks for."""
    size = size or scene.random.choice(sorted(scene.story.heads))
    index = scene.random.randrange(size)
    scene.files[RECEIPT] = scene.story.receipt(index, size).encode()
    leaf = leaf_hash(scene.story.entries[index]).hex()
    scene.arguments = ["receipt", RECEIPT, "--leaf", leaf, "--policy", POLICY]
    if size > max(scene.town.signers.after):
        scene.files["keys"] = scene.story.keys.encode()
        scene.arguments = [*scene.arguments[:4], "--keys", "keys"]
    return index


def _in_receipt(scene: Scene, line: int, text: str | None) -> None:
    lines = scene.files[RECEIPT].decode().split("\n")
    lines[line : line + 1] = [] if text is None else [text]
    scene.files[RECEIPT] = "\n".join(lines).encode()


@attack(Code.ALTERED)
def receipt_for_another_entry(scene: Scene) -> None:
    """Hand out the receipt of another entry than the letter's."""
    index = _letter(scene)
    other = scene.random.choice([at for at in range(len(scene.story.entries)) if at != index])
    scene.arguments[3] = leaf_hash(scene.story.entries[other]).hex()


@attack(Code.ALTERED)
def receipt_with_another_index(scene: Scene) -> None:
    """Claim another place."""
    index = _letter(scene)
    _in_receipt(scene, 1, f"index {index ^ (1 << scene.random.randrange(7))}")


@attack(Code.ALTERED)
def receipt_with_a_broken_proof(scene: Scene) -> None:
    """Change, or leave out, a hash of the proof."""
    _letter(scene)
    wrong = b64encode(scene.random.randbytes(scene.random.choice([31, 32, 33]))).decode()
    _in_receipt(scene, 2, scene.random.choice([wrong, None]))


@attack(Code.SIGNATURE)
def receipt_with_another_root(scene: Scene) -> None:
    """Write a root of one's own into the receipt's head."""
    _letter(scene)
    lines = scene.files[RECEIPT].decode().split("\n")
    blank = lines.index("")
    _in_receipt(scene, blank + 3, b64encode(scene.random.randbytes(32)).decode())


@attack(Code.SIGNATURE)
def receipt_by_other_keys(scene: Scene) -> None:
    """Make a whole receipt with keys of one's own."""
    scene.story.sign(scene.sizes(), Signers({0: scene.strangers()}))
    _letter(scene)
    scene.files["keys"] = scene.town.story.keys.encode()
    scene.arguments = [*scene.arguments[:4], "--keys", "keys"]


@attack(Code.FORK)
def rewrite_what_a_receipt_was_given_for(scene: Scene) -> None:
    """Rewrite a decision with the stolen keys before any witness saw it: only the applicant's letter knows the head."""
    size = scene.random.choice(sorted(scene.story.heads))
    scene.files[KNOWN] = scene.story.receipt(scene.random.randrange(size), size).encode()
    at = scene.random.randrange(size)
    scene.edit(at, lambda entry: entry["body"].update(amount_ore=1))
    scene.steal()


def _hand_out(scene: Scene, *, closed: bool = True) -> dict[str, list[dict[str, str]]]:
    decoded = scene.story.decoded()
    ends = {entry["case"] for entry in decoded if entry["type"] == "case.closed"}
    case = scene.random.choice(sorted({entry["case"] for entry in decoded if (entry["case"] in ends) == closed}))
    document = scene.story.case_document(case)
    scene.files["keys"] = scene.story.keys.encode()
    scene.arguments = ["case", CASE, "--keys", "keys"]
    return document


def _give(scene: Scene, document: object) -> None:
    scene.files[CASE] = json.dumps(document).encode()


@attack(Code.CHAIN)
def leave_an_entry_out_of_a_case(scene: Scene) -> None:
    """Hand out a case without one of its entries."""
    document = _hand_out(scene)
    del document["entries"][scene.random.randrange(6)]
    _give(scene, document | {"openings": None})


@attack(Code.UNDECIDED)
def cut_the_end_off_a_case(scene: Scene) -> None:
    """Hand out the beginning of a case."""
    document = _hand_out(scene)
    del document["entries"][scene.random.randrange(1, 10) :]
    _give(scene, document | {"openings": None})


@attack(Code.ALTERED)
def edit_an_entry_of_a_case(scene: Scene) -> None:
    """Hand out a case with an entry that is not in the log."""
    document = _hand_out(scene)
    entry = scene.random.choice(document["entries"])
    at = int(entry["index"])
    scene.edit(at, lambda one: one["body"].update(amount_ore=1))
    entry["data"] = b64encode(scene.story.entries[at]).decode()
    _give(scene, document)


@attack(Code.CHAIN)
def mix_two_cases(scene: Scene) -> None:
    """Hand out a case with an entry of another."""
    document, other = _hand_out(scene), _hand_out(scene, closed=False)
    document["entries"].append(other["entries"][0])
    _give(scene, document | {"openings": None})


@attack(Code.COMMITMENT)
def change_a_value_of_a_case(scene: Scene) -> None:
    """Hand out a case with another value."""
    document = _hand_out(scene)
    while not document["openings"]:
        document = _hand_out(scene)
    scene.random.choice(document["openings"])["value"] = "annat"
    _give(scene, document)


def _between(scene: Scene) -> tuple[int, int]:
    """Ask whether one head goes on from another, with the right proof."""
    one, other = sorted(scene.random.sample(sorted(scene.story.heads), 2))
    scene.files |= {OLD: scene.story.heads[one].encode(), KNOWN: scene.story.heads[other].encode()}
    proof = consistency(one, scene.story.leaves(other))
    scene.files[PROOF] = b"".join(b64encode(item) + b"\n" for item in proof)
    scene.files["keys"] = scene.story.keys.encode()
    scene.arguments = ["between", OLD, KNOWN, "--proof", PROOF, "--keys", "keys"]
    return one, other


@attack(Code.SHORTER)
def show_an_older_head_as_the_newer(scene: Scene) -> None:
    """Let the log shrink from one head to the next."""
    _between(scene)
    scene.arguments[1:3] = [KNOWN, OLD]


@attack(Code.FORK)
def show_a_head_that_does_not_go_on(scene: Scene) -> None:
    """Sign a newer head over a rewritten log, with a proof made from it."""
    one, other = _between(scene)
    old = scene.files[OLD]
    scene.edit(scene.random.randrange(one), lambda entry: entry["body"].update(amount_ore=1))
    scene.steal()
    scene.files[KNOWN] = scene.story.heads[other].encode()
    proof = consistency(one, scene.story.leaves(other))
    scene.files |= {OLD: old, PROOF: b"".join(b64encode(item) + b"\n" for item in proof)}


@attack(Code.FORK)
def break_a_consistency_proof(scene: Scene) -> None:
    """Change a hash of the proof between two heads."""
    _between(scene)
    lines = scene.files[PROOF].split(b"\n")[:-1]
    lines[scene.random.randrange(len(lines))] = b64encode(scene.random.randbytes(32))
    scene.files[PROOF] = b"\n".join(lines)
