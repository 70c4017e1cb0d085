"""What the simulated shop sells, and to whom. Every name is invented."""

from typing import Final, NamedTuple

__all__ = [
    "CITIES",
    "DISCOUNT_CODES",
    "FIRST_NAMES",
    "LAST_NAMES",
    "PRODUCTS",
    "City",
    "Product",
]


class Product(NamedTuple):
    """A product line of the shop."""

    sku: str
    name: str
    vendor: str


class City(NamedTuple):
    """Where parcels go."""

    name: str
    zip_code: str
    province_code: str
    province: str


PRODUCTS: Final = (
    Product("TN-CAF-250", "Café en grano 250 g", "Tostadero Norte"),
    Product("TN-CAF-1000", "Café en grano 1 kg", "Tostadero Norte"),
    Product("TN-TE-100", "Té verde, hoja suelta", "Casa Bruma"),
    Product("TN-TAZA-01", "Taza esmaltada", "Casa Bruma"),
    Product("TN-TAZA-02", 'Taza "Cantábrico"', "Casa Bruma"),
    Product("TN-MAN-01", "Manta de lana", "Telar del Valle"),
    Product("TN-JAB-03", "Jabón de avena, pack de 3", "Botica Clara"),
    Product("TN-VEL-01", "Vela de cera de abeja", "Botica Clara"),
    Product("TN-MIE-500", "Miel de brezo 500 g", "Apiario Piedra"),
    Product("TN-CUA-A5", "Cuaderno A5", "Papelería Alba"),
    Product("TN-BOL-01", "Bolsa de algodón", "Telar del Valle"),
    Product("TN-DEL-01", "Delantal de lino", "Telar del Valle"),
)
FIRST_NAMES: Final = (
    "Lucía", "Martín", "Sofía", "Hugo", "Noa", "Íñigo", "Begoña", "Álvaro", "Carmen",
    "Xoel", "Uxía", "Iker", "Nerea", "Pablo", "Inés", "Joaquín", "Elena", "Rubén",
    "Marta", "Óscar", "Irene", "Andrés", "Paula", "Ramón",
)  # fmt: skip
LAST_NAMES: Final = (
    "García", "Núñez", "López", "Ibáñez", "Fernández", "Castaño", "Muñoz", "Peña",
    "Vázquez", "Santos", "Ortega", "Cabrera", "Rey", "Molina", "Serrano", "Iglesias",
    "Prieto", "Lozano", "Vidal", "Méndez",
)  # fmt: skip
CITIES: Final = (
    City("Gijón", "33201", "O", "Asturias"),
    City("Bilbao", "48001", "BI", "Vizcaya"),
    City("Santander", "39001", "S", "Cantabria"),
    City("A Coruña", "15001", "C", "A Coruña"),
    City("Madrid", "28004", "M", "Madrid"),
    City("Barcelona", "08001", "B", "Barcelona"),
    City("Valencia", "46001", "V", "Valencia"),
    City("Sevilla", "41001", "SE", "Sevilla"),
)
DISCOUNT_CODES: Final = ("HOLA10", "VERANO10", "NORTE10")
