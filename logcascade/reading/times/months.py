"""Month names as programs print them, in the languages of common locales."""

_BY_LANGUAGE = (
    "jan feb mar apr may jun jul aug sep oct nov dec",  # English; also much of what follows
    "january february march april may june july august september october november december",
    "jan feb mär apr mai jun jul aug sep okt nov dez",  # German
    "jän feb mär apr mai jun jul aug sep okt nov dez",  # German of Austria
    "jan feb märz april mai juni juli aug sept okt nov dez",  # German, newer data
    "janv févr mars avril mai juin juil août sept oct nov déc",  # French
    "ene feb mar abr may jun jul ago sep oct nov dic",  # Spanish
    "gen feb mar apr mag giu lug ago set ott nov dic",  # Italian
    "jan fev mar abr mai jun jul ago set out nov dez",  # Portuguese
    "jan feb mrt apr mei jun jul aug sep okt nov dec",  # Dutch
    "jan feb mars april maj juni juli aug sep okt nov dec",  # Swedish
    "jan feb mar apr maj jun jul aug sep okt nov dec",  # Danish
    "jan feb mars april mai juni juli aug sep okt nov des",  # Norwegian
    "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",  # Finnish
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",  # Polish
    "led úno bře dub kvě čen čec srp zář říj lis pro",  # Czech
    "jan febr márc ápr máj jún júl aug szept okt nov dec",  # Hungarian
    "ian feb mar apr mai iun iul aug sep oct nov dec",  # Romanian
    "oca şub mar nis may haz tem ağu eyl eki kas ara",  # Turkish
    "янв фев мар апр мая июн июл авг сен окт ноя дек",  # Russian
    "янв февр март апр май июнь июль авг сент окт нояб дек",  # Russian, newer data
    "січ лют бер кві тра чер лип сер вер жов лис гру",  # noqa: RUF001 - Ukrainian
)
"""One line a language, January first, in lower case and without the dot of an abbreviation: the
abbreviations of glibc's locales. No name means two months; Croatian's do (``lip``, ``srp``), so it
is not among them. Chinese, Japanese and Korean write the number: ``3月``, ``3월``."""

_NUMBERS = {
    name: number for names in _BY_LANGUAGE for number, name in enumerate(names.split(), 1)
} | {f"{number}{sign}": number for number in range(1, 13) for sign in "月월"}


def month_number(name: str) -> int:
    """
    Return 1 to 12 for the name of a month, or for ``11``; 0 for anything else.

    >>> month_number("Nov"), month_number("févr."), month_number("3월"), month_number("Foo")
    (11, 2, 3, 0)
    """
    if name.isdecimal():
        return int(name) if 1 <= int(name) <= 12 else 0
    return _NUMBERS.get(name.strip().rstrip(".").lower(), 0)
