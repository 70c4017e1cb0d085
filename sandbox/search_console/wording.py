"""What people type, and the pages they land on. Every word is invented or common."""

from typing import Final

from sandbox.search_console.sites import Site

__all__ = ["brand_query", "page", "plain_query"]

_THINGS: Final = (
    "café en grano", "taza esmaltada", "manta de lana", "jabón de avena",
    "vela de cera", "miel de brezo", "cuaderno a5", "bolsa de algodón",
    "delantal de lino", "té verde", "cafetera italiana", "molinillo", "tetera",
    "cojín", "cesta de mimbre", "plato hondo", "mantel", "toalla", "paño de cocina",
    "lámpara", "espejo", "alfombra", "maceta", "jarrón",
)  # fmt: skip
_QUALITIES: Final = (
    "", "barato", "artesano", "ecológico", "grande", "pequeño", "azul", "blanco",
    "negro", "verde", "natural", "original", "para regalo", "hecho a mano", "de oferta",
    "de calidad", "para casa", "moderno", "rústico", "vintage",
)  # fmt: skip
_PLACES: Final = (
    "", "en gijón", "en bilbao", "en santander", "en madrid", "en barcelona",
    "en valencia", "en sevilla", "en coruña", "en león", "en vigo", "en zaragoza",
    "en santiago", "en valparaíso", "en concepción", "en temuco", "online",
    "a domicilio", "cerca de mí", "cerca",
)  # fmt: skip
_INTENTS: Final = (
    "", "comprar", "precio", "opiniones", "mejor", "cómo elegir", "tienda de",
    "comparar", "envío gratis", "dónde hay",
)  # fmt: skip
_BRAND_SUFFIXES: Final = ("", "opiniones", "tienda", "contacto", "descuento", "envío")
_PAGE_COUNT: Final = 40


def plain_query(rank: int) -> str:
    """A query that names no brand; different for each rank below 96,000."""
    words = []
    for choices in (_THINGS, _QUALITIES, _PLACES, _INTENTS):
        rank, choice = divmod(rank, len(choices))
        words.append(choices[choice])
    thing, quality, place, intent = words
    return " ".join(filter(None, (intent, thing, quality, place)))


def brand_query(site: Site, rank: int) -> str:
    """A query that names the brand, in one of its spellings."""
    suffix, term = divmod(rank, len(site.brand_terms))
    endings = _BRAND_SUFFIXES[suffix % len(_BRAND_SUFFIXES)]
    return f"{site.brand_terms[term]} {endings}".strip()


def page(site: Site, rank: int) -> str:
    """The address of one of the property's pages."""
    number = rank % _PAGE_COUNT
    return site.home if number == 0 else f"{site.home}productos/{number}"
