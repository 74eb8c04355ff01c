# SPDX-License-Identifier: Apache-2.0
"""The screens of the custody at 80x24 and 160x50 in Chinese and English. TOUCHSTONE_SHOTS=DIR keeps what was seen."""
from tests.desk.test_screens import SIZES, Seen
from tests.outside.world import ring


class CustodyScreens(Seen):
    def walk(self, english, size):
        self.english, self.size = english, size
        say = lambda zh, en: en if english else zh
        receipt = self.world.received(items=[ring(), ring(), ring(name="一枚镶嵌红宝石的足金戒指，附原厂鉴定证书")],
                                      collector=dict(name="赵云", phone="13700004321"), bringer=dict(name="李明", phone="13900005678"))
        self.desk("VoidReceipt", receipt_no=receipt.receipt_no, version=receipt.version, reason="taken in by mistake")
        codes = [item.item_code for item in receipt.items]
        offered, frozen, safe = (self.known().items[0].item_code for _ in range(3))
        self.desk("OfferItem", "RECEPTION", item_code=offered, receiver="technician", note="for M_XRF")
        self.desk("OpenIncident", item_code=frozen, incident_kind="INCIDENT_KIND_DAMAGED", description="a stone is loose, 托爪有一处断裂")
        self.desk("StoreItems", item_codes=[safe, frozen], storage="SAFE")
        terminal = self.open(*size, english=english)
        terminal.key("Tab")
        terminal.until(say("[待我接收]", "[Offered to me]"))
        self.keep(terminal, "40-offered")
        terminal.key("F5")
        terminal.until(safe)
        self.keep(terminal, "41-stored")
        terminal.key("F5")
        terminal.until(codes[0])
        self.keep(terminal, "42-uncollected")
        terminal.key("F5")
        terminal.until(say("未入柜", "in no store"), offered)
        self.keep(terminal, "43-unaccounted")
        terminal.key("F8")
        terminal.until(say("不能日结", "stand in the way"))
        self.keep(terminal, "44-closing")
        terminal.key("F8", "F8")
        terminal.until(say("还有样品未交清", "unaccounted for:"))
        self.keep(terminal, "45-refused")
        terminal.key("Escape", "Tab")
        terminal.until(say("入柜： SAFE", "Into the store SAFE"))
        terminal.scan(codes[0])
        terminal.until(codes[0], say("可办理", "can go"))
        terminal.scan(offered)
        terminal.until(offered, say("未接收", "not accepted"))
        self.keep(terminal, "46-storing")
        terminal.key("F3")
        for name, code, wanted in (("47-book-frozen", frozen, "a stone is loose"), ("48-book-offered", offered, "for M_XRF")):
            terminal.scan(code)
            terminal.until(code, say("声明价值", "Declared"))
            terminal.key("Tab")
            terminal.until(wanted)
            self.keep(terminal, name)
            terminal.key("F3")
        terminal.scan(codes[2])
        terminal.until(codes[2], say("声明价值", "Declared"))
        terminal.key("Tab")
        terminal.until(say("应有质量", "Expected g"))
        terminal.key("Enter")
        terminal.until(say("办理什么", "What is to be done"))
        self.keep(terminal, "49-acts")
        terminal.key("1")
        terminal.until(say("移交给", "*To"), "technician")
        self.keep(terminal, "50-offer")
        terminal.key("Escape", "F3")
        terminal.scan(receipt.receipt_no)
        terminal.until(receipt.receipt_code)
        self.keep(terminal, "51-receipt")
        terminal.key("Tab")
        terminal.until(say("全部交还", "hand everything out"))
        self.keep(terminal, "52-receipt-acts")
        terminal.key("1")
        terminal.until("3.52 g")
        for mass in ("3.52", "3.21", "3.53"):
            terminal.type(mass)
            terminal.key("Tab", "Space", "Tab")
        terminal.key("F8")
        terminal.until(say("将冻结样品", "freezes the item"))
        self.keep(terminal, "53-returning")

    def test_in_chinese_at_80_by_24(self):
        self.walk(False, SIZES[0])

    def test_in_chinese_at_160_by_50(self):
        self.walk(False, SIZES[1])

    def test_in_english_at_80_by_24(self):
        self.walk(True, SIZES[0])

    def test_in_english_at_160_by_50(self):
        self.walk(True, SIZES[1])
