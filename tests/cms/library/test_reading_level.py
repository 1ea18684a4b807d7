"""The reading level of texts whose level is known."""

import pytest

from cms.library.reading_level import language_of, reading_level

# Lincoln at Gettysburg, as it is taught: grade 8 to 9 by Flesch and Kincaid, sentence by sentence as here.
GETTYSBURG = """Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and
dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war, testing whether that nation, or any
nation so conceived and so dedicated, can long endure. We are met on a great battle-field of that war. We have come to dedicate a portion
of that field, as a final resting place for those who here gave their lives that that nation might live. It is altogether fitting and
proper that we should do this. But, in a larger sense, we can not dedicate, we can not consecrate, we can not hallow this ground. The brave
men, living and dead, who struggled here, have consecrated it, far above our poor power to add or detract. The world will little note, nor
long remember what we say here, but it can never forget what they did here."""
PRIMER = """The sun was up. Tom got out of bed and looked at the sea. It was a warm day. He put on his hat and ran down to the sand. His dog
ran with him. They saw a red boat. A man sat in the boat. He had a big fish. Tom and the dog sat on the sand and looked at the man. The man
gave Tom a small fish. Tom was glad. He took the fish home to his mom. She put it in a pan, and they all ate it."""
NOTICE = """Notwithstanding any contrary provision contained herein, the administrative determination of eligibility for supplementary
reimbursement shall be communicated to the participating organization within a reasonable interval following the completion of the
comprehensive evaluation, provided that all documentation necessary for the verification of the underlying expenditures has previously been
submitted in accordance with the applicable regulations and has been independently authenticated by an accredited representative."""
CARTILLA = """El sol sale. Ana va a la playa con su perro. El perro corre y salta en el agua. Ana come pan y mira el mar. Hace
calor. Su mamá le da un vaso de agua. Luego van a casa. La casa es blanca y está cerca del mar. Allí vive su abuela.
La abuela hace sopa y todos comen. Por la noche miran la luna. Ana duerme bien y el perro duerme a su lado."""
QUIJOTE = """En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo que vivía un hidalgo de los de lanza en
astillero, adarga antigua, rocín flaco y galgo corredor. Una olla de algo más vaca que carnero, salpicón las más noches, duelos y quebrantos
los sábados, lantejas los viernes, algún palomino de añadidura los domingos, consumían las tres partes de su hacienda."""
AVISO = """La administración correspondiente procederá a la comunicación de las determinaciones relativas a la elegibilidad de los
beneficiarios para las prestaciones complementarias, siempre que la documentación necesaria para la verificación de los requisitos
establecidos en la normativa aplicable haya sido presentada previamente por las organizaciones participantes y autenticada
independientemente por representantes debidamente acreditados de las autoridades gubernamentales competentes en la materia."""


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("text", "least", "most"), [(PRIMER, -2, 1), (GETTYSBURG, 8, 9), (NOTICE, 20, 60)])
def test_english_has_the_grade_that_it_is_known_for(text: str, least: int, most: int) -> None:
    """A formula that counts syllables wrongly calls a primer hard, or a notice of an office easy."""
    level = reading_level(one_line(text))
    assert level and level.grade is not None and least <= level.grade <= most
    assert (level.is_hard, level.is_very_hard) == (text == NOTICE, text == NOTICE)


@pytest.mark.parametrize(("text", "is_hard"), [(CARTILLA, False), (QUIJOTE, False), (AVISO, True)])
def test_spanish_is_measured_as_spanish(text: str, is_hard: bool) -> None:
    """English grades call every Spanish text hard, whose words have more syllables."""
    level = reading_level(one_line(text))
    assert level and (level.is_hard, level.grade) == (is_hard, None)


def test_lines_end_sentences_and_a_few_words_say_nothing() -> None:
    """A list without full stops was one sentence of a hundred words; a first line was judged before there was a second."""
    listed = reading_level("\n".join(["Put the kettle on and sit down by the window"] * 20))
    assert listed and not listed.is_hard and listed.longest == "Put the kettle on and sit down by the window"
    assert reading_level("Notwithstanding administrative considerations, organizational responsibilities predominate.") is None
    assert reading_level("") is None
    assert language_of([]) == "en"
