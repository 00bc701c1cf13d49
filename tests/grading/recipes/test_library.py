"""The recipes: each can be read, and rendered on every base."""

import pytest

from smtplab.grading.cases import BASES
from smtplab.grading.environment import Surroundings
from smtplab.grading.message import Message
from smtplab.grading.recipes import library
from smtplab.grading.recipes.library import UnknownRecipe

WANTED = {
    "swaks", "curl", "msmtp", "smtplib", "aiosmtplib", "nodemailer", "phpmailer", "go", "javamail",
}  # fmt: skip


def test_the_recipes_that_are_promised_are_there():
    assert set(library.names()) >= WANTED


@pytest.mark.parametrize("base", BASES.values(), ids=lambda base: base.name)
@pytest.mark.parametrize("name", library.names())
def test_a_recipe_makes_a_command_on_every_base(tmp_path, name, base):
    client = library.client(name)
    message = Message("0001", "a@lab.test", ("b@lab.test", "c@lab.test"))
    surroundings = Surroundings(
        tmp_path / "run", message, client.config_template, client.keep_home, client.folder
    )
    login = ("alice", "open:sesame") if base.auth else None
    values = surroundings.prepare({"host": "localhost", "port": "2525"}, base.tls, login, b"ca")
    words = client.command.render(values)
    assert all(words)
    assert not any("{" in word for word in words)
    told = " ".join(words) + (client.config_template or "")
    if base.auth and client.config_template is None and "programs" not in told:
        assert "alice" in told


@pytest.mark.parametrize("name", library.names())
def test_a_recipe_names_programs_that_are_there(name):
    command = library.find(name).command
    for word in command.split():
        if word.startswith("{recipe_dir}/"):
            assert (library.folder() / word.removeprefix("{recipe_dir}/")).is_file()


def test_an_unknown_recipe_names_the_nearest():
    with pytest.raises(UnknownRecipe, match="'swak'; there is swaks"):
        library.client("swak")
