"""Attacks on the log as it lies: by somebody who writes its files, by a thief of its keys, and on its heads."""

from base64 import b64decode, b64encode

from audit.log.checkpoint import Checkpoint, cosigned
from audit.log.note import Algorithm, Note, SigningKey
from audit.verify.findings import Code
from benchmarks.tamper_scene import Scene, attack
from benchmarks.tamper_story import SIGNED, Entry, Signers, root


def _forge(entry: Entry) -> None:
    entry["body"]["amount_ore"] = 1


def _padding(scene: Scene, count: int) -> None:
    """Replace removed entries by new ones at the end, so that the log is as long as before."""
    filler = scene.story.decoded()[scene.index(lambda entry: entry["type"] == "access.read")]
    scene.put([*scene.story.decoded(), *({**filler, "mono": at} for at in range(count))])


@attack(Code.ALTERED)
def flip_a_bit_of_an_entry(scene: Scene) -> None:
    """Change one bit."""
    at = scene.index()
    data = bytearray(scene.story.entries[at])
    data[scene.random.randrange(len(data))] ^= 1 << scene.random.randrange(8)
    scene.story.entries[at] = bytes(data)


@attack(Code.ALTERED)
def edit_an_entry(scene: Scene) -> None:
    """Change an amount, in good canonical bytes."""
    scene.edit(scene.index(), _forge, relink=False)


@attack(Code.ALTERED)
def edit_and_mend_the_chain(scene: Scene) -> None:
    """Change an amount, and compute every hash of its case anew."""
    scene.edit(scene.index(), _forge)


@attack(Code.ALTERED)
def redate_an_entry(scene: Scene) -> None:
    """Say that it happened at another time."""
    day = scene.random.randint(10, 28)
    scene.edit(scene.index(), lambda entry: entry.update(ts=f"2025-03-{day}T12:00:00.000000Z"))


@attack(Code.SIGNATURE)
def edit_and_rewrite_the_heads_without_keys(scene: Scene) -> None:
    """Change an entry and the roots of all heads, under the old signatures."""
    scene.edit(scene.index(), _forge)
    for size in list(scene.story.heads):
        coded = b64encode(root(scene.story.leaves(size))).decode()
        scene.change_note(lambda note, coded=coded: _with_line(note, 2, coded), size)  # type: ignore[misc] # bound now


@attack(Code.SIGNATURE)
def edit_and_sign_with_other_keys(scene: Scene) -> None:
    """Change an entry, and sign with keys of one's own; also put these into the export's key file."""
    keys = scene.strangers()
    scene.edit(scene.index(), _forge)
    scene.story.sign(scene.sizes(), Signers({0: keys}))
    scene.story.keys = "".join(f"{key.text()}\n" for key in keys.verifiers)


@attack(Code.FORK)
def rewrite_with_the_stolen_keys(scene: Scene) -> None:
    """Change an entry, mend everything, and sign all heads with the log's keys."""
    scene.edit(scene.index(), _forge)
    scene.steal()


@attack(Code.FORK)
def redate_with_the_stolen_keys(scene: Scene) -> None:
    """Date an entry back and sign all heads anew."""
    scene.edit(scene.index(), lambda entry: entry.update(ts="2026-11-02T12:00:00.000000Z"))
    scene.steal()


@attack(Code.FORK)
def insert_backdated_with_the_stolen_keys(scene: Scene) -> None:
    """Put an entry in between, and sign all heads anew."""
    entries = scene.story.decoded()
    at = scene.index(lambda entry: entry["type"] != "case.closed")
    entries.insert(at, {**entries[at], "body": {"planted": True}, "type": "access.read", "pd": []})
    scene.put(entries)
    scene.steal()


@attack(Code.SHORTER)
def delete_an_entry(scene: Scene) -> None:
    """Leave one out, and close the gap."""
    del scene.story.entries[scene.index()]


@attack(Code.SHORTER)
def delete_with_the_stolen_keys(scene: Scene) -> None:
    """Leave one out, mend everything and sign."""
    entries = scene.story.decoded()
    del entries[scene.index()]
    scene.put(entries)
    scene.steal()


@attack(Code.FORK)
def delete_and_fill_up_with_the_stolen_keys(scene: Scene) -> None:
    """Leave one out, add another at the end, mend everything and sign."""
    entries = scene.story.decoded()
    del entries[scene.index(lambda entry: entry["type"] != "access.read")]
    scene.put(entries)
    _padding(scene, 1)
    scene.steal()


def _without_a_case(scene: Scene) -> int:
    case = scene.story.decoded()[scene.index(lambda entry: entry["case"].startswith("c_"))]["case"]
    entries = [entry for entry in scene.story.decoded() if entry["case"] != case]
    removed = len(scene.story.entries) - len(entries)
    scene.put(entries)
    prefix = f"vault:{case}/"
    scene.story.openings = [one for one in scene.story.openings or () if not one["v"].startswith(prefix)]
    return removed


@attack(Code.SHORTER)
def delete_a_whole_case(scene: Scene) -> None:
    """Leave out every entry and value of a case."""
    _without_a_case(scene)


@attack(Code.FORK)
def delete_a_whole_case_and_fill_up_with_the_stolen_keys(scene: Scene) -> None:
    """Leave out a case, add as many entries elsewhere, and sign."""
    _padding(scene, _without_a_case(scene))
    scene.steal()


@attack(Code.FORK)
def split_view(scene: Scene) -> None:
    """Show this controller a log of the same size without a case, signed with the log's keys."""
    _padding(scene, _without_a_case(scene))
    size = len(scene.story.entries)
    scene.story.sign([size], scene.town.signers)


@attack(Code.SHORTER)
def truncate_the_newest(scene: Scene) -> None:
    """Cut off the end, and keep the newest head."""
    del scene.story.entries[scene.random.randrange(1, len(scene.story.entries)) :]


@attack(Code.SHORTER)
def roll_back_to_an_older_copy(scene: Scene) -> None:
    """Hand out the whole log as it was at an earlier head, with that head."""
    size = scene.random.choice(sorted(scene.story.heads)[:-1])
    scene.story.heads = {at: note for at, note in scene.story.heads.items() if at <= size}
    scene.story.newest = scene.story.heads[size]
    del scene.story.entries[size:]


@attack(Code.SHORTER)
def replay_an_older_checkpoint(scene: Scene) -> None:
    """Put an older head in the newest one's place, and leave the rest."""
    scene.story.newest = scene.story.heads[scene.random.choice(sorted(scene.story.heads)[:-1])]


@attack(Code.SHORTER)
def replay_an_older_checkpoint_and_remove_the_newer(scene: Scene) -> None:
    """Put an older head in the newest one's place, and remove the heads after it, but no entry."""
    size = scene.random.choice(sorted(scene.story.heads)[:-1])
    scene.story.heads = {at: note for at, note in scene.story.heads.items() if at <= size}
    scene.story.newest = scene.story.heads[size]


def _swapped(scene: Scene) -> list[Entry]:
    entries = scene.story.decoded()
    one = scene.index()
    other = scene.index(lambda entry: entry["case"] != entries[one]["case"])
    entries[one], entries[other] = entries[other], entries[one]
    return entries


@attack(Code.ALTERED)
def swap_entries_of_two_cases(scene: Scene) -> None:
    """Let two entries change places."""
    scene.put(_swapped(scene), relink=False)


@attack(Code.FORK)
def swap_entries_of_two_cases_with_the_stolen_keys(scene: Scene) -> None:
    """Let two entries change places, mend the chains and sign."""
    scene.put(_swapped(scene))
    scene.steal()


@attack(Code.ALTERED)
def double_an_entry(scene: Scene) -> None:
    """Let an entry stand twice, and push the rest back."""
    at = scene.index()
    scene.story.entries.insert(at, scene.story.entries[at])


@attack(Code.ALTERED)
def overwrite_an_entry_with_another(scene: Scene) -> None:
    """Let one entry's bytes stand in the place of another's."""
    one = scene.index()
    other = scene.index(lambda entry: entry != scene.story.decoded()[one])
    scene.story.entries[one] = scene.story.entries[other]


def _with_line(note: str, line: int, text: str) -> str:
    lines = note.split("\n")
    lines[line] = text
    return "\n".join(lines)


@attack(Code.SIGNATURE)
def flip_a_bit_of_a_signature(scene: Scene) -> None:
    """Change one bit of one of the log's signatures."""

    def flip(note: str) -> str:
        lines = note.split("\n")
        line = scene.random.choice([at for at, text in enumerate(lines) if text.startswith(f"— {scene.story.origin}")])
        before, _, coded = lines[line].rpartition(" ")
        data = bytearray(b64decode(coded))
        data[scene.random.randrange(4, len(data))] ^= 1 << scene.random.randrange(8)
        lines[line] = f"{before} {b64encode(data).decode()}"
        return "\n".join(lines)

    scene.change_note(flip, scene.random.choice(sorted(scene.story.heads)))


@attack(Code.SIGNATURE)
def strip_one_kind_of_signature(scene: Scene) -> None:
    """Leave the signature of one kind out."""

    def strip(note: str) -> str:
        lines = note.split("\n")
        ours = [at for at, text in enumerate(lines) if text.startswith(f"— {scene.story.origin}")]
        del lines[scene.random.choice(ours)]
        return "\n".join(lines)

    scene.change_note(strip, scene.random.choice(sorted(scene.story.heads)))


@attack(Code.SIGNATURE)
def claim_another_size(scene: Scene) -> None:
    """Write another size into the newest head."""
    size = str(max(scene.story.heads) - scene.random.randrange(1, 20))
    scene.change_note(lambda note: _with_line(note, 1, size))


@attack(Code.SIGNATURE)
def claim_size_nought(scene: Scene) -> None:
    """Write size 0 into a head: a proof of nothing."""
    scene.change_note(lambda note: _with_line(note, 1, "0"), scene.random.choice(sorted(scene.story.heads)))


@attack(Code.SIGNATURE)
def add_a_line_to_a_head(scene: Scene) -> None:
    """Add an extension line, signed by the log and its witness."""
    scene.change_note(lambda note: _with_line(note, 2, f"{note.split(chr(10))[2]}\nreplaces all before"))


@attack(Code.SIGNATURE)
def sign_as_another_log(scene: Scene) -> None:
    """Give the newest head another origin, with keys of that name."""
    name = "annan/ekonomiskt_bistand/2026"
    size = max(scene.story.heads)
    head = Checkpoint(name, size, root(scene.story.leaves(size)))
    seed = scene.random.randbytes(32)
    keys = [SigningKey.from_seed(name, kind, seed) for kind in (Algorithm.ED25519, Algorithm.ML_DSA_44)]
    note = Note(head.text(), tuple(cosigned(head, key, SIGNED) for key in keys)).render()
    scene.change_note(lambda _: note)


@attack(Code.SIGNATURE)
def sign_on_with_replaced_keys(scene: Scene) -> None:
    """Let a thief of the old keys, which were replaced, sign the newest head."""
    scene.story.sign(scene.sizes(), Signers({0: scene.town.signers.after[0]}), witnesses=[scene.town.witness])
    rotated = max(scene.town.signers.after)
    early = {size: scene.town.story.heads[size] for size in scene.story.heads if size != max(scene.story.heads)}
    if not any(size > rotated for size in early):
        raise AssertionError("a head after the change of keys is needed")
    scene.story.heads |= early


@attack(Code.SIGNATURE, insider=True, command="log")
def bring_in_keys_that_the_old_ones_did_not_sign(scene: Scene) -> None:
    """Journal a change of keys that only the new key has signed, and sign on with the new."""
    keys = scene.strangers()
    at = [place for place, entry in enumerate(scene.story.decoded()) if entry["type"] == "key.rotated"]
    for place, key in zip(at, keys, strict=True):
        scene.edit(place, lambda entry, key=key: entry["body"].update(_one_sided(entry, key)))  # type: ignore[misc] # bound now
    sizes = [size for size in scene.sizes() if size >= scene.known]
    signers = Signers({0: scene.town.signers.after[0], at[-1]: keys})
    scene.story.sign(sizes, signers, witnesses=[scene.town.witness])


def _one_sided(entry: Entry, key: SigningKey) -> dict[str, str]:
    text = key.verifier.text()
    message = f"key.rotated/v1\n{key.name}\n{entry['body']['old']}\n{text}\n".encode()
    return {"new": text, "by_new": b64encode(key.sign(message)).decode()}


@attack(Code.SIGNATURE)
def edit_a_change_of_keys(scene: Scene) -> None:
    """Change the entry that names the new keys: who signs after it is then unknown."""
    entries = scene.story.decoded()
    at = scene.random.choice([at for at, entry in enumerate(entries) if entry["type"] == "key.rotated"])
    name = scene.random.choice(["new", "by_old", "by_new"])
    scene.edit(at, lambda entry: entry["body"].update({name: entry["body"][name].replace("A", "B", 1) + "A"}))


@attack(Code.POLICY)
def show_a_head_that_no_witness_saw(scene: Scene) -> None:
    """Add entries, sign with the log's keys, and do not ask the witness."""
    _padding(scene, scene.random.randint(1, 5))
    scene.story.sign([len(scene.story.entries)], scene.town.signers)


@attack(Code.SIGNATURE)
def forge_the_witness(scene: Scene) -> None:
    """Add entries, and sign as the witness with another key under the witness's name and key id."""
    _padding(scene, scene.random.randint(1, 5))
    real, size = scene.town.witness, len(scene.story.entries)
    scene.story.sign([size], scene.town.signers)
    forger = SigningKey.from_seed(real.name, Algorithm.WITNESS, scene.random.randbytes(32))
    made = cosigned(Checkpoint(scene.story.origin, size, root(scene.story.leaves())), forger, SIGNED)
    coded = b64encode(real.verifier.key_id + made.data).decode()
    scene.change_note(lambda note: f"{note}— {real.name} {coded}\n")


@attack(Code.SIGNATURE)
def replay_the_witness(scene: Scene) -> None:
    """Add entries, and move the witness's signature from an older head to the new."""
    _padding(scene, scene.random.randint(1, 5))
    old = scene.town.story.heads[scene.random.choice(sorted(scene.town.story.heads))]
    line = next(line for line in old.split("\n") if line.startswith(f"— {scene.town.witness.name}"))
    scene.story.sign([len(scene.story.entries)], scene.town.signers)
    scene.change_note(lambda note: f"{note}{line}\n")
