"""The order of names: the server and the browser draw the same lists, one after the other."""

import random

from django.utils import translation

from community.kit.text.order import by_name
from tests.modules.rows import handover

_SORTED = """
    const { Words } = await load("chat/js/model/words.js");
    return given.names.sort(new Words(given.page).order.compare);
"""
NAMES = """
anna Anna ANNA Anne ann-marie annmarie Ann Marie|Ann O'Neil|O’Neil|ONeil|Oneil Jean-Luc|Jean Luc|Jeanluc|Jean, Luc
Émile|Emile|émile|Emilie|Étienne|Ås|As|Aas|Åse|Æsa|Aesa|özlem|Özlem|Ozlem|Oz|Zoë|Zoe|Łukasz|Lukasz|Luke|ß|ss|Strauß|Strauss|Straus
Room 2|Room 10|Room 02|room 2|Room|Room 2b|2 of us|10 of us|Sam 1|Sam 9|Sam 10|Sam1
Ελένη|ελένη|Έλλη|Ирина|ирина|Ёлка|Елка|Їжак|Ђорђе|דוד|דויד|محمد|أحمد|احمد|प्रिया|अनु|สมชาย|さくら|サクラ|佐藤|美咲|김민준|이서연|Նարե|ნინო|አበበ
A.|A. B.|A B|A-B|A_B|(A)|Dr. Who|Dr Who|Ж|Z|z|ǅ|ŋ|Ŋ|đ|ø|Ø|o|İpek|ipek|Ipek|ılgın
""".replace("\n", "|").split("|")


def test_the_server_s_order_is_the_browser_s(stage):
    """A list of people that jumps when the conversation's script draws it anew."""
    names = sorted(filter(None, NAMES))
    random.Random(3).shuffle(names)
    for language in ("en", "sv", "de"):
        given = {"names": names, "page": handover(language=language)}
        with translation.override(language):
            assert by_name(names) == stage.run(_SORTED, given), language
