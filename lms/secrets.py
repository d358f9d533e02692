"""Keys that exist once per installation, made at first start and never shown.

They live as files of mode 0600 under ``VAR_DIR/secrets``, or come from the environment where an operator keeps them in a store
of their own. Losing ``identity.key`` makes every stored identity number unreadable: it belongs in the backup, apart from the data.
"""

import os
import secrets
from pathlib import Path


def secret(directory: Path, name: str, nbytes: int = 32) -> str:
    """Return the secret called ``name``, making it on first use.

    The environment variable ``CHIZHENG_<NAME>`` wins over the file. Two processes that start at once agree on one
    value: the file is created exclusively and the loser reads the winner's.
    """
    given = os.environ.get(f"CHIZHENG_{name.upper()}")
    if given:
        return given
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{name}.key"
    draft = directory / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(nbytes))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
