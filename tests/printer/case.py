# SPDX-License-Identifier: Apache-2.0
"""What the printing tests share: the real client with a server of the test's own, a printer, and readers of bar codes that are not ours."""
import re
import subprocess

import grpc

from tests.client.case import ServerCase
from tests.client.commands import ITEM
from tests.printer.printer import Printer

RECEIPT = "D1-26-000001"
TRACKING = "7K3M9QX2"


def read_zbar(picture):
    done = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable", str(picture)],
                          capture_output=True, text=True, timeout=60)
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
        self.copies, self.paper = {}, dict(owner_name="王小明", owner_phone="138****1234", fee="免费 free of charge",
                                           institute_zh="国家首饰检验中心", disposal="检毕退还 Returned", delivery="王小明 短信",
                                           items=[dict(number=1, item_code=ITEM, name="戒指", mass_g="3.52", loss="无损")])
        self.server.answers["DeskService.RecordPrints"] = self.record
        self.printer = Printer()
        self.addCleanup(self.printer.close)
        self.environment["TOUCHSTONE_PRINTER"] = self.printer.name

    def record(self, request, context):
        """Counts as the server does: tests/outside/test_prints.py."""
        prints = []
        for piece in request.pieces:
            known = self.copies.setdefault((piece.print_kind, piece.number), [])
            if known and not request.reason:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{piece.number} was printed before. Say why it is printed again (--reason).")
            known.append(request.reason)
            prints.append(dict(print_kind=piece.print_kind, number=piece.number, copy=len(known)))
        kinds = {piece.print_kind for piece in request.pieces}
        more = dict(paper=self.paper) if kinds & {3, 4} else {}
        if 5 in kinds:
            more["ticket"] = dict(ticket_no="J012", laboratory_zh="首饰", ticket_code="7K3M9QX2", rule_zh="预约2、现场1轮流叫号",
                                  rule_en="2 booked, then 1 walk-in")
        return self.message("RecordPrintsResponse", prints=prints, **more)

    def kept(self):
        return self.run_client("print", "list").stdout

    def pages(self, pdf):
        """Its pages as pictures at 300 dpi."""
        subprocess.run(["pdftoppm", "-r", "300", "-png", str(pdf), str(pdf.with_suffix(""))], check=True, timeout=60)
        return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))

    def words(self, pdf):
        return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True, timeout=60).stdout
