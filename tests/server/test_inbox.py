"""The inbox: what was accepted, bounded, and worth waiting for."""

import asyncio
import shutil

import pytest

from smtplab.server.inbox import MAIL_OVERHEAD, Inbox, Mail


def mail(content: bytes = b"x", session: int = 1, to: tuple[str, ...] = ("b@c",)) -> Mail:
    return Mail("a@b", to, content, session, None, tls=False)


async def test_in_the_order_in_which_they_came() -> None:
    inbox = Inbox()
    assert inbox.add(mail(b"1"))
    assert inbox.add(mail(b"2"))
    assert [m.content for m in inbox] == [b"1", b"2"]
    assert inbox[1].content == b"2"
    assert len(inbox) == 2


async def test_one_means_one() -> None:
    inbox = Inbox()
    with pytest.raises(LookupError, match="there are 0 messages in the inbox, not one"):
        inbox.one()
    inbox.add(mail())
    assert inbox.one().content == b"x"
    inbox.add(mail())
    with pytest.raises(LookupError, match="there are 2 messages"):
        inbox.one()


async def test_beyond_its_limit_it_takes_none() -> None:
    inbox = Inbox(limit=2 * (MAIL_OVERHEAD + 6) + 3)
    assert inbox.add(mail(b"12"))
    assert not inbox.add(mail(b"12"))
    assert inbox.add(mail(b"1"))
    assert len(inbox) == 2


async def test_the_oldest_make_room_when_that_is_wanted() -> None:
    inbox = Inbox(limit=2 * (MAIL_OVERHEAD + 100), drop_oldest=True)
    for number in range(5):
        assert inbox.add(mail(str(number).encode()))
    assert [m.content for m in inbox] == [b"3", b"4"]
    assert inbox.dropped == 3
    assert len(await inbox.wait_for(5)) == 2
    assert not inbox.add(mail(b"x" * 10_000))


async def test_by_recipient() -> None:
    inbox = Inbox()
    inbox.add(mail(b"1", session=1, to=("a@b", "C@d")))
    inbox.add(mail(b"2", session=2, to=("a@b",)))
    assert [m.content for m in inbox.to("c@D")] == [b"1"]
    assert [m.content for m in inbox.to("a@b")] == [b"1", b"2"]
    assert inbox.to("x@y") == []


def test_taken_apart() -> None:
    message = mail(b"Subject: =?utf-8?q?h=C3=A9?=\r\nTo: b@c\r\n\r\nText.\r\n").parsed
    assert message["Subject"] == "hé"
    assert message.get_content() == "Text.\r\n"
    assert mail(b"\xff\0 no header at all").parsed.defects


@pytest.mark.parametrize("path", ["mail", "not/there/yet", "."])
async def test_a_maildir(labs, tmp_path, path) -> None:
    folder = tmp_path / path
    lab = await labs.start(base="plain", maildir=folder)
    client = await labs.hello(lab)
    client.send(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nA: b\r\n\r\n..x\r\n.\r\nQUIT\r\n")
    await client.ended()
    (file,) = (folder / "new").iterdir()
    assert file.read_bytes() == b"A: b\r\n\r\n.x\r\n"
    assert lab.inbox.one().content == file.read_bytes()


async def test_a_maildir_that_cannot_be_written(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Inbox(maildir=tmp_path / "file" / "mail")


async def test_a_maildir_that_is_for_others(tmp_path, monkeypatch) -> None:
    # Whoever runs the tests may be root, whom no permission stops.
    monkeypatch.setattr("os.access", lambda path, mode: path.name != "new")
    with pytest.raises(PermissionError, match="new"):
        Inbox(maildir=tmp_path)


async def test_a_maildir_that_is_taken_away(tmp_path) -> None:
    inbox = Inbox(maildir=tmp_path / "mail")
    shutil.rmtree(tmp_path / "mail")
    assert not inbox.add(mail())
    assert len(inbox) == 0


async def test_waiting() -> None:
    inbox = Inbox()
    waiters = [asyncio.ensure_future(inbox.wait_for(n)) for n in (1, 2, 2)]
    await asyncio.sleep(0)
    inbox.add(mail(b"1"))
    assert [m.content for m in await waiters[0]] == [b"1"]
    inbox.add(mail(b"2"))
    for waiter in waiters[1:]:
        assert len(await waiter) == 2
    with pytest.raises(TimeoutError, match=r"2 of 3 messages came in 0\.01 s"):
        await inbox.wait_for(3, timeout=0.01)


async def test_the_server_says_when_there_is_no_room(labs) -> None:
    lab = await labs.start(base="plain")
    lab.inbox._left = MAIL_OVERHEAD + 20
    client = await labs.hello(lab)
    for reply in (b"250", b"452"):
        for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
            await client.ask(command)
        assert (await client.ask(b"x\r\n."))[:3] == reply
    assert len(lab.inbox) == 1
