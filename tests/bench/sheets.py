# SPDX-License-Identifier: Apache-2.0
"""What a sheet costs to draw and to seal: processor time of the renderer, of the hash, and of the signer, all three one
after the other, as they are for one sheet with its codes. What waits is not counted; so this is what one core does in a second."""
import hashlib
import tempfile
import time

from tests.bench.measure import processor_s
from tests.sheet import support


def codes(sheet_no, number):
    """As long as those of a sheet with twelve results, and other ones on each."""
    digits = hashlib.shake_128(str(number).encode()).digest(416)
    told = "".join(str(int.from_bytes(digits[at:at + 7], "little")).zfill(17) for at in range(0, 413, 7))
    return dict(qr=f"https://localhost:8443/s#{told}", small_qr=f"https://localhost:8443/s?n={sheet_no}&c=0123ABCD")


def per_core_second(seconds):
    """Sheets of the sample record with its photo, each of a number of its own, for so long."""
    photo = support.ring_photo()
    with tempfile.TemporaryDirectory(prefix="ts-sheets-") as folder, support.Renderer() as renderer, \
            support.Signer("--channel", "--demonstration", f"{folder}/key") as signer:
        hashed = 0.0

        def issue(number):
            nonlocal hashed
            sheet_no = f"B-{number:06}"
            drawn = renderer.draw(support.sample_record(photo, sheet_no=sheet_no), photo, **codes(sheet_no, number))
            began = time.process_time()
            digest = hashlib.sha256(drawn[0]).digest()
            hashed += time.process_time() - began
            refused = signer.seal(sheet_no, digest).get(1)
            if refused:
                raise RuntimeError(refused.decode())

        issue(0)  # fonts are read with the first
        hashed, pids = 0.0, (renderer.process.pid, signer.process.pid)
        before = processor_s(*pids)
        number, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            number += 1
            issue(number)
        return number / (processor_s(*pids) - before + hashed)
