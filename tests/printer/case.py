# SPDX-License-Identifier: Apache-2.0
"""What the printing tests share: the real client with a server of the test's own, a printer, and readers of bar codes that are not ours."""
import re
import subprocess

from tests.client.case import ServerCase
from tests.client.commands import ITEM
from tests.printer.printer import Printer

RECEIPT = "D1-26-000001"
TRACKING = "7K3M9QX2"


def read_zbar(picture):
    done = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True, text=True, timeout=60)
    return sorted(done.stdout.split())


def read_matrix(picture):
    return subprocess.run(["dmtxread", "-N1", "-m8000", str(picture)], capture_output=True, text=True, timeout=60).stdout.strip()


def texts(zpl):
    """What the printer's own letters say, with ^FH undone."""
    return [re.sub(rb"_([0-9A-F]{2})", lambda hit: bytes([int(hit.group(1), 16)]), words).decode()
            for words in re.findall(rb"\^FH_\^FD([^^]*)\^FS", zpl)]


class PrinterCase(ServerCase):
    def setUp(self):
        super().setUp()
        self.item = dict(item_code=ITEM, receipt_no=RECEIPT, laboratory="JEW", name="戒指", mass_g="3.52", pieces=1, seal_no="S1")
        self.receipt = dict(receipt_no=RECEIPT, laboratory="JEW", desk="D1", receipt_code=TRACKING, owner=dict(name_masked="王**"),
                            purpose="consumer reference", fee_cny="0", waiver="3·15")
        self.server.answers["DeskService.GetItem"] = lambda request, context: self.message("GetItemResponse", item=self.item)
        self.server.answers["DeskService.GetReceipt"] = lambda request, context: self.message(
            "GetReceiptResponse", receipt=self.receipt | dict(items=[self.item]))
        self.printer = Printer()
        self.addCleanup(self.printer.close)
        self.environment["TOUCHSTONE_PRINTER"] = self.printer.name

    def kept(self):
        return self.run_client("print", "list").stdout

    def pages(self, pdf):
        """Its pages as pictures at 300 dpi."""
        subprocess.run(["pdftoppm", "-r", "300", "-png", str(pdf), str(pdf.with_suffix(""))], check=True, timeout=60)
        return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))

    def words(self, pdf):
        return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60).stdout
