"""The command ``arende``. Only the module of the command that is given is loaded: all of them take seconds."""

import sys

import typer

import robot.cli
from robot.cli._group import add_commands, summaries
from robot.cli._say import fail


def build(only: str | None = None) -> typer.Typer:
    """The command with every group in this folder, or with what ``only`` one module adds."""
    app = _empty()
    add_commands(app, robot.cli, only=only)
    return app


def outline() -> typer.Typer:
    """The commands' names and summaries, with nothing behind them: what ``arende --help`` shows."""
    app = _empty()
    for name, summary in summaries(robot.cli).items():
        app.command(name, help=summary.text)(_nothing)
    return app


def main() -> None:
    """Run; errors we expect become one message on standard error and exit code 1."""
    try:
        word = next(iter(sys.argv[1:]), "")
        found = summaries(robot.cli).get(word)
        if found is None and (not word or word.startswith("-")):
            outline()()
        _configure_logs()
        build(found and found.module)()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from robot.cli._expected import message  # noqa: PLC0415 - knows errors of the whole house

        told = message(error)
        if told is None:
            raise
        fail(told)


def _configure_logs() -> None:
    from robot.logs import configure  # noqa: PLC0415 - not for help
    from robot.settings import Settings  # noqa: PLC0415 - not for help

    configure(Settings().log_level)


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="arende",
        help="A robot that handles municipal cases the way a handläggare does.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)  # else a command that is alone would lose its name
    return app


def _nothing() -> None:
    """Nothing: every option belongs to a command."""
