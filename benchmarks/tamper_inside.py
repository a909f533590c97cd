"""Attacks by whoever runs the log: wrong from the beginning, and signed and witnessed in good order."""

import hmac
import json
from hashlib import sha256

from audit import canonical
from audit.vault.commitment import commit
from audit.verify.findings import Code
from benchmarks.tamper_scene import Scene, attack
from benchmarks.tamper_story import Entry
from benchmarks.tamper_town import CHAIN


@attack(Code.CHAIN, insider=True, command="log")
def leave_out_an_entry(scene: Scene) -> None:
    """Never let an entry of a case into the log."""
    entries = scene.story.decoded()
    place = scene.plain()
    while entries[place] is [one for one in entries if one["case"] == entries[place]["case"]][-1]:
        place = scene.plain()
    del entries[place]
    scene.put(entries, relink=False)
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def link_to_another_entry(scene: Scene) -> None:
    """Write a wrong hash of the entry before."""
    scene.edit(scene.plain(), lambda entry: entry.update(case_prev="0" * 64), relink=False)
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def double_an_entry_inside(scene: Scene) -> None:
    """Let an entry into the log twice."""
    at = scene.plain()
    scene.story.entries.insert(at + 1, scene.story.entries[at])
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def reorder_a_case(scene: Scene) -> None:
    """Let two entries of a case into the log in the wrong order."""
    entries = scene.story.decoded()
    one = scene.plain()
    other = scene.index(lambda entry: entry["case"] == entries[one]["case"] and entry != entries[one])
    other = other if other >= scene.known else one + 1
    entries[one], entries[other] = entries[other], entries[one]
    scene.put(entries, relink=False)
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def move_an_entry_to_another_case(scene: Scene) -> None:
    """File an entry under another case."""
    entries = scene.story.decoded()
    one = scene.plain()
    other = scene.index(lambda entry: entry["case"] not in {entries[one]["case"], CHAIN})
    scene.edit(one, lambda entry: entry.update(case=entries[other]["case"]), relink=False)
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def miscount_a_closed_case(scene: Scene) -> None:
    """Let a case close with a wrong count, as if something more, or less, had been there."""
    at = scene.index(lambda entry: entry["type"] == "case.closed", after=scene.known)
    scene.edit(
        at,
        lambda entry: entry["body"].update(count=entry["body"]["count"] + scene.random.choice([-1, 1])),
        relink=False,
    )
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def go_on_after_the_close(scene: Scene) -> None:
    """Work on in a closed case."""
    at = scene.index(lambda entry: entry["type"] == "access.read", after=scene.known)
    scene.edit(at, lambda entry: entry.update(type="effect.done"))
    scene.persuade()


@attack(Code.CHAIN, insider=True, command="log")
def let_the_future_be_a_cause(scene: Scene) -> None:
    """Name an entry that is not written yet as the cause."""
    scene.edit(scene.plain(), lambda entry: entry.update(causes=[entry["case_seq"] + scene.random.randint(0, 3)]))
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="log")
def write_bytes_that_are_not_canonical(scene: Scene) -> None:
    """Write the same JSON another way: whoever hashes the value instead of the bytes gets another hash."""
    at = scene.plain()
    entry = json.loads(scene.story.entries[at])
    ways = [
        json.dumps(entry).encode(),
        json.dumps(dict(reversed(entry.items())), separators=(",", ":")).encode(),
        scene.story.entries[at].replace(b'"v":1', b'"v":1.0'),
        scene.story.entries[at].replace(b'"v":1', b'"v":2,"v":1'),
        scene.story.entries[at].replace(b'"type":"', b'"type":"\\u0061'),
        scene.story.entries[at].replace(b'"v":1', b'"v":true'),
        scene.story.entries[at] + b"\n",
        canonical.encode({**entry, "more": None}),
        canonical.encode({**entry, "body": {"belopp_å": 1}}),
    ]
    scene.story.entries[at] = scene.random.choice(ways)
    scene.persuade()


def _commitments(scene: Scene) -> int:
    return scene.index(lambda entry: bool(entry["pd"]) and not _is_erased(scene, entry["case"]), after=scene.known)


def _is_erased(scene: Scene, case: str) -> bool:
    return any(entry["type"] == "pd.erased" and entry["case"] == case for entry in scene.story.decoded())


def _tombstone(scene: Scene) -> int:
    return scene.index(lambda entry: entry["type"] == "pd.erased", after=scene.known)


@attack(Code.GONE, insider=True, command="erasure")
def drop_the_tombstone(scene: Scene) -> None:
    """Erase a case, and do not say so."""
    entries = scene.story.decoded()
    del entries[_tombstone(scene)]
    scene.put(entries)
    scene.persuade()


@attack(Code.GONE, insider=True, command="erasure")
def erase_without_a_decision(scene: Scene) -> None:
    """Erase a case with a tombstone that names no decision."""
    scene.edit(_tombstone(scene), lambda entry: entry["body"].update(decision=scene.random.choice(["", " ", None, 7])))
    scene.persuade()


@attack(Code.GONE, insider=True, command="erasure")
def erase_more_than_was_decided(scene: Scene) -> None:
    """Decide about one field, and erase all."""
    scene.edit(_tombstone(scene), lambda entry: entry["body"].update(fields=["inkomst"]))
    scene.persuade()


@attack(Code.COMMITMENT, insider=True, command="erasure")
def keep_what_was_erased(scene: Scene) -> None:
    """Say that a case is erased, and keep its values."""
    at = _commitments(scene)
    entries = scene.story.decoded()
    grave = {**entries[_tombstone(scene)], "case": entries[at]["case"]}
    scene.put([*entries, grave])
    scene.persuade()


@attack(Code.COMMITMENT, insider=True, command="erasure")
def commit_to_another_value(scene: Scene) -> None:
    """Let an entry commit to something else than what the vault holds."""
    at = _commitments(scene)

    def change(entry: Entry) -> None:
        item = scene.random.choice(entry["pd"])
        item["c"] = commit(scene.random.randbytes(32), entry["case"], entry["case_seq"], item["f"], "annat")

    scene.edit(at, change)
    scene.persuade()


@attack(Code.COMMITMENT, insider=True, command="erasure")
def swap_two_commitments(scene: Scene) -> None:
    """Let two entries, of one case or two, change commitments."""
    entries = scene.story.decoded()
    one = _commitments(scene)
    other = one
    while other == one:
        other = _commitments(scene)
    first, second = entries[one]["pd"][0], entries[other]["pd"][0]
    first["c"], second["c"] = second["c"], first["c"]
    scene.put(entries)
    scene.persuade()


def _said(scene: Scene, kind: str) -> int:
    return scene.index(lambda entry: entry["type"] == kind, after=scene.known)


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def turn_a_ticket(scene: Scene) -> None:
    """Journal another ticket than the key gives."""
    scene.edit(_said(scene, "sample.ticket"), lambda entry: entry["body"].update(u=scene.random.randbytes(8).hex()))
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def drop_a_pick(scene: Scene) -> None:
    """Let a case that is drawn be one that is not."""
    entries = scene.story.decoded()
    pick = scene.random.choice([at for at, entry in enumerate(entries) if entry["type"] == "sample.pick"])
    pick = pick if pick >= scene.known else _said(scene, "sample.pick")
    del entries[pick]
    scene.put(entries)
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def pick_a_case_that_was_not_drawn(scene: Scene) -> None:
    """Choose a case, and call it drawn."""
    entries = scene.story.decoded()
    picked = {entry["case"] for entry in entries if entry["type"] == "sample.pick"}
    pick = next(entry for entry in entries if entry["type"] == "sample.pick")
    others = sorted({entry["case"] for entry in entries if entry["type"] == "sample.ticket"} - picked)
    scene.put([*entries, {**pick, "case": scene.random.choice(others)}])
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def hide_a_case_from_the_draw(scene: Scene) -> None:
    """Decide a case, and never draw it."""
    entries = scene.story.decoded()
    case = entries[_said(scene, "sample.ticket")]["case"]
    scene.put([one for one in entries if one["case"] != case or not one["type"].startswith("sample.")])
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def draw_for_another_decision(scene: Scene) -> None:
    """Draw before the decision that counts, by the hash of another."""
    digest = scene.random.randbytes(32).hex()
    scene.edit(_said(scene, "sample.ticket"), lambda entry: entry["body"].update(decision=digest))
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def turn_what_a_ticket_says(scene: Scene) -> None:
    """Let a ticket say the opposite of what its number gives."""
    change = _said(scene, "sample.ticket")
    scene.edit(change, lambda entry: entry["body"].update(picked=not entry["body"]["picked"]))
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def lower_a_threshold_on_a_ticket(scene: Scene) -> None:
    """Draw one case by a lower threshold than the plan's."""
    change = {"threshold": f"{scene.random.getrandbits(40):016x}", "picked": False}
    scene.edit(_said(scene, "sample.ticket"), lambda entry: entry["body"].update(change))
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def lower_the_rate_within_the_period(scene: Scene) -> None:
    """Plan a lower rate when the period has begun."""
    entries = scene.story.decoded()
    plan = next(entry for entry in entries if entry["type"] == "sample.plan")
    low = {**plan, "body": {**plan["body"], "rate": "1/8", "threshold": f"{2**61:016x}"}}
    close = next(at for at, entry in enumerate(entries) if entry["type"] == "sample.closed")
    scene.put([*entries[:close], low, *entries[close:]])
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def plan_after_the_close(scene: Scene) -> None:
    """Raise a rate when the period is closed, and all is known but the key."""
    entries = scene.story.decoded()
    plan = next(entry for entry in entries if entry["type"] == "sample.plan")
    close = next(at for at, entry in enumerate(entries) if entry["type"] == "sample.closed")
    at = scene.random.randint(close + 1, len(entries))
    scene.put([*entries[:at], plan, *entries[at:]])
    scene.persuade()


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def decide_outside_every_stratum(scene: Scene) -> None:
    """Take the plan of a stratum out of the period, as if its cases were nobody's to look at."""
    entries = scene.story.decoded()
    strata = sorted({entry["body"]["stratum"] for entry in entries if entry["type"] == "decision.proposed"})
    drawn = [one for one in strata if any(_is_ticket(entry, one) for entry in entries)]
    chosen = scene.random.choice(drawn)
    scene.put([one for one in entries if one["type"] != "sample.plan" or one["body"]["stratum"] != chosen])
    scene.known, scene.arguments = 0, scene.arguments[:-2]
    scene.persuade()


def _is_ticket(entry: Entry, stratum: str) -> bool:
    return bool(entry["type"] == "sample.ticket" and entry["body"]["stratum"] == stratum)


@attack(Code.ALTERED, insider=True, command="sample", follow_up=False)
def misstate_the_frame(scene: Scene) -> None:
    """Say at the close that there were other cases, or another minimum."""

    def change(entry: Entry) -> None:
        stratum = scene.random.choice(sorted(entry["body"]["frame"].values(), key=json.dumps))
        stratum[scene.random.choice(["cases", "minimum"])] += 1

    scene.edit(_said(scene, "sample.closed"), change)
    scene.persuade()


@attack(Code.COMMITMENT, insider=True, command="sample", follow_up=False)
def reveal_another_key(scene: Scene) -> None:
    """Reveal a key under which the draw would have been another."""
    key = scene.random.randbytes(32).hex()
    scene.edit(_said(scene, "sample.reveal"), lambda entry: entry["body"].update(key=key))
    scene.persuade()


@attack(Code.SIGNATURE, insider=True, command="sample", follow_up=False)
def hide_a_question(scene: Scene) -> None:
    """Take a question that was asked about a case off the keeper's list, with its number and digest."""
    entries = scene.story.decoded()
    asked = next(entry for entry in entries if entry["type"] == "sample.questions")["body"]["questions"]
    asked.pop(scene.random.randrange(len(asked)))
    digest = sha256(canonical.encode(asked)).hexdigest()
    next(entry for entry in entries if entry["type"] == "sample.reveal")["body"].update(
        digest=digest, questions=len(asked)
    )
    scene.put(entries)
    scene.persuade()


@attack(Code.COMMITMENT, insider=True, command="sample")
def throw_the_dice_again(scene: Scene) -> None:
    """Write down other dice than the follow-up draw was made with."""
    dice = f"{scene.random.randint(7, 99)}"
    scene.edit(_said(scene, "sample.closed"), lambda entry: entry["body"]["randomness"].update(value=dice))
    scene.persuade()


def _ticket(key: bytes, case: str) -> str:
    message = f"stickprov/v1|ekonomiskt_bistand|2026-11|{case}".encode()
    return hmac.digest(key, message, "sha256")[:8].hex()


@attack(Code.COMMITMENT, insider=True, command="sample", follow_up=False)
def draw_everything_with_another_key(scene: Scene) -> None:
    """Choose, when all is decided, a key whose draw pleases, and write the whole log anew with it; no head was kept."""
    key = scene.random.randbytes(32)
    entries = scene.story.decoded()
    limits = {entry["body"]["stratum"]: entry["body"] for entry in entries if entry["type"] == "sample.plan"}
    for entry in entries:
        body = entry["body"]
        if entry["type"] == "sample.ticket":
            body["u"] = _ticket(key, entry["case"])
            body["picked"] = int(body["u"], 16) < int(limits[body["stratum"]]["threshold"], 16)
        if entry["type"] == "sample.reveal":
            body["key"] = key.hex()
    scene.put(entries)
    scene.known, scene.arguments = 0, scene.arguments[:-2]
    scene.persuade()
