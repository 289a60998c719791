# pierde: 4
# mensaje: separate terminó con
from amq2.nightly.closing import Closing
from amq2.nightly.quality import why_not


def separate(payments, max_bad):
    rows = payments.rename(columns={"payment_id": "applicant_id"})
    why = why_not(rows, Closing(rows.set_index("applicant_id")["amount"], 0))
    return payments[why.isna()], payments.assign(why=why)[why.notna()]
