"""The channels customers come through, their campaigns, and their true effect.

Most is spent with Meta, beyond what it can bring; Google's searches could take more. So
there is a better split of the same money, as in many shops, and a model may find it. A
customer costs twice as much with TikTok as with Google, and is worth more later.
"""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["CHANNELS", "ORGANIC", "Ad", "Channel", "Organic"]


@dataclass(frozen=True)
class Ad:
    """An ad and where it hangs. `share` of its channel's spend while it runs.

    `ad_id` None: Performance Max reports no ads. `until_share` ends it for good
    after that share of the history; `is_phantom` spends nothing in truth: rows of it
    appear on some days and vanish two days later.
    """

    campaign_id: str
    campaign_name: str
    kind: str
    adset_id: str | None
    adset_name: str | None
    ad_id: str | None
    ad_name: str | None
    share: float
    until_share: float | None = None
    is_phantom: bool = False


@dataclass(frozen=True)
class Channel:
    """A paid channel. Money in euros; a company's `euro_rate` scales it.

    New customers of a day ~ Poisson(scale * hill(adstock(spend))).
    """

    slug: str
    source: Literal["meta_ads", "google_ads", "tiktok_ads"]
    share: float
    """Of all new customers."""
    cost_per_customer: float
    adstock: float
    """Share of yesterday's effect that is left today."""
    slope: float
    saturation: float
    """Half-saturation, in mean daily adstocked spends."""
    value: float
    """Multiplies v of Gamma-Gamma for customers it brings."""
    weekend: float
    """Spend on Saturdays and Sundays, in weekdays' spends."""
    pulse: float
    """How much of the spend comes in bursts of weeks, 0 to 1."""
    cost_per_mille: float
    click_rate: float
    claims_per_click: float
    """Purchases the platform claims for a click within its longest window."""
    utm: tuple[str, str]
    """utm_source and utm_medium of its landing pages."""
    ads: tuple[Ad, ...]


@dataclass(frozen=True)
class Organic:
    """Everybody nobody paid for: organic search and word of mouth."""

    slug: str = "organic_search"
    share: float = 0.22
    value: float = 1.0


ORGANIC: Final = Organic()

CHANNELS: Final = (
    Channel(
        slug="meta_prospecting",
        source="meta_ads",
        share=0.26,
        cost_per_customer=68.0,
        adstock=0.6,
        slope=1.4,
        saturation=0.4,
        value=0.85,
        weekend=1.25,
        pulse=0.9,
        cost_per_mille=6.5,
        click_rate=0.011,
        claims_per_click=0.035,
        utm=("facebook", "paid_social"),
        ads=(
            Ad("23850001", "Prospección", "OUTCOME_SALES", "23860001",
               "Intereses hogar", "23870001", "Vídeo taller", 0.34),
            Ad("23850001", "Prospección", "OUTCOME_SALES", "23860001",
               "Intereses hogar", "23870002", "Carrusel", 0.26),
            Ad("23850001", "Prospección", "OUTCOME_SALES", "23860002",
               "Similares 1 %", "23870003", "Vídeo taller", 0.25),
            Ad("23850002", "Lanzamiento", "OUTCOME_AWARENESS", "23860003",
               "Amplio", "23870004", "Anuncio lanzamiento", 0.15, until_share=0.6),
            Ad("23850003", "Prueba A/B", "OUTCOME_SALES", "23860004",
               "Prueba", "23870005", "Variante B", 0.0, is_phantom=True),
        ),
    ),
    Channel(
        slug="meta_retargeting",
        source="meta_ads",
        share=0.08,
        cost_per_customer=43.0,
        adstock=0.3,
        slope=1.0,
        saturation=0.4,
        value=1.15,
        weekend=1.05,
        pulse=0.9,
        cost_per_mille=11.0,
        click_rate=0.018,
        claims_per_click=0.09,
        utm=("instagram", "paid_social"),
        ads=(
            Ad("23850011", "Recuperación", "OUTCOME_SALES", "23860011",
               "Carritos 14 días", "23870011", "Dinámico", 0.7),
            Ad("23850011", "Recuperación", "OUTCOME_SALES", "23860012",
               "Visitas 30 días", "23870012", "Opiniones", 0.3),
        ),
    ),
    Channel(
        slug="google_brand",
        source="google_ads",
        share=0.12,
        cost_per_customer=8.5,
        adstock=0.15,
        slope=1.0,
        saturation=3.0,
        value=1.25,
        weekend=0.85,
        pulse=0.9,
        cost_per_mille=22.0,
        click_rate=0.06,
        claims_per_click=0.08,
        utm=("google", "cpc"),
        ads=(
            Ad("11001", "Búsqueda marca", "SEARCH", "12001", "Marca exacta",
               "13001", "Anuncio adaptable 1", 0.65),
            Ad("11001", "Búsqueda marca", "SEARCH", "12002", "Marca amplia",
               "13002", "Anuncio adaptable 2", 0.35),
        ),
    ),
    Channel(
        slug="google_shopping",
        source="google_ads",
        share=0.24,
        cost_per_customer=18.0,
        adstock=0.4,
        slope=1.2,
        saturation=5.0,
        value=0.95,
        weekend=0.95,
        pulse=0.9,
        cost_per_mille=9.0,
        click_rate=0.012,
        claims_per_click=0.045,
        utm=("google", "cpc"),
        ads=(
            Ad("11002", "Shopping", "SHOPPING", "12003", "Todos los productos",
               "13003", "Anuncio de Shopping", 0.45),
            Ad("11003", "Máximo rendimiento", "PERFORMANCE_MAX", None, None,
               None, None, 0.4),
            Ad("11004", "Shopping regalos", "SHOPPING", "12004", "Regalos",
               "13004", "Anuncio de Shopping", 0.15, until_share=0.7),
            Ad("11005", "Prueba de pujas", "SEARCH", "12005", "Prueba",
               "13005", "Anuncio adaptable 3", 0.0, is_phantom=True),
        ),
    ),
    Channel(
        slug="tiktok_video",
        source="tiktok_ads",
        share=0.08,
        cost_per_customer=36.0,
        adstock=0.5,
        slope=1.2,
        saturation=2.0,
        value=1.4,
        weekend=1.3,
        pulse=0.9,
        cost_per_mille=4.0,
        click_rate=0.008,
        claims_per_click=0.02,
        utm=("tiktok", "paid_social"),
        ads=(
            Ad("33001", "Vídeo marca", "VIDEO", "34001", "Amplio 18-34",
               "35001", "Vídeo taller", 0.7),
            Ad("33002", "Creadores", "VIDEO", "34002", "Creadores hogar",
               "35002", "Vídeo creadora", 0.3),
        ),
    ),
)  # fmt: skip
