"""Words of headers and cells that may say a row of a log is worth something else."""

from __future__ import annotations

__all__ = [
    "BOOKS",
    "CAME_IN",
    "CREDIT",
    "CURRENCY",
    "DONE",
    "EARNEST",
    "ELSEWHERE",
    "EXCHANGED",
    "FEES",
    "FLAG",
    "GIVEN_AWAY",
    "GIVEN_BACK",
    "KIND",
    "MEMBERS",
    "MODES",
    "MONEY",
    "NO",
    "OWED",
    "PLAYED",
    "PRODUCTS",
    "REFUSED",
    "SHIPPING",
    "SOLD",
    "STATE",
    "STATUS",
    "TAUGHT",
    "TESTS",
    "TIPS",
    "TRANSFERS",
    "WARRANTIES",
    "WHEN",
    "WITHHELD",
    "is_owed",
]

BOOKS = frozenset(
    {"caja", "cash", "cashbook", "kassenbuch", "cassa", "caixa", "movimientos"}
    | {"movements", "ledger", "diario", "contabilidad", "tesoreria", "caisse"}
    | {"extracto", "extrato", "statement", "kontoauszug", "releve", "banco", "bank"}
)
"""Words of the name of a file, or of its title, that is a book of both."""
GIVEN_BACK = frozenset(
    {
        "refund", "refunds", "refunded", "reembolso", "reembolsos", "reembolsado",
        "reembolsada", "devuelto", "devuelta", "devolucion", "devoluciones",
        "reintegro", "reintegrado", "chargeback", "chargebacks", "contracargo",
        "contracargos", "estorno", "estornos", "estornado", "estornada", "devolucoes",
        "devolucao", "devolvido", "devolvida", "erstattung", "erstattungen",
        "erstattet", "ruckerstattung", "rueckerstattung", "gutschrift", "gutschriften",
        "retoure", "retouren", "rembourse", "remboursee", "remboursement",
        "remboursements", "rimborso", "rimborsi", "rimborsato", "terugbetaald",
        "terugbetaling",
    }
)  # fmt: skip
CAME_IN = frozenset(
    {
        "captured", "capturado", "collected", "cobrado", "received", "recibido",
        "recebido", "paid", "pagado", "pagada", "cobrada", "settled", "bezahlt",
        "gezahlt", "paye", "payee", "encaisse", "encaissee", "pagato", "pagata",
        "incassato", "betaald", "ontvangen", "abonado", "abonada",
    }
)  # fmt: skip
MEMBERS = frozenset({"abonado", "abonada"})
"""Who paid, and who is a member: the latter where others say what was paid."""
CREDIT = frozenset(
    {"credit", "credits", "credito", "creditos", "abono", "abonos", "bonificacion"}
    | {"bonificaciones", "gutschrift", "gutschriften", "avoir", "accredito"}
)
"""Words of what a platform gives an advertiser back."""
DONE = frozenset({"completed", "completado", "completada", "finalizado", "finalizada"})
OWED = frozenset(
    {
        "pendiente", "outstanding", "owed", "unpaid", "impago", "adeudado", "saldo",
        "deuda", "due", "pendente", "offen", "ausstehend", "restbetrag",
        "written", "writeoff", "incobrable", "incobrables", "castigado",
        "solde", "impaye", "dovuto", "openstaand", "resto", "restante", "remaining",
    }
)  # fmt: skip
WARRANTIES = frozenset({"garantia", "warranty", "garantie", "garanzia"})
"""What goods have that are sold, unless they are changed under it."""
_LEFT = frozenset({"resto", "restante", "remaining"})
_COUNTED = frozenset(
    {
        "stock", "inventory", "inventario", "existencias", "units", "unidades", "qty",
        "quantity", "cantidad", "items", "sessions", "session", "sesiones", "sesion",
        "classes", "class", "clases", "clase", "lessons", "aulas", "visits", "visitas",
        "uses", "usos", "days", "day", "dias", "dia", "weeks", "semanas", "months",
        "meses", "nights", "noches", "hours", "horas", "minutes", "minutos", "time",
        "tiempo", "seats", "plazas", "asientos", "cupos", "cupo", "places", "spots",
        "tickets", "entradas", "passes", "pases", "puntos", "points", "licenses",
        "licencias", "downloads", "descargas", "trips", "viajes", "sessoes",
        "estoque", "kg", "km",
    }
)  # fmt: skip
"""What is left of that is no money: stock, sessions of a voucher, days of a pass."""
_WORTH = frozenset({"value", "valor", "amount", "importe", "monto", "balance", "total"})
REFUSED = frozenset({"no", "n", "false", "falso", "f", "nein", "nao", "non", "nee"})
MONEY = (
    GIVEN_BACK
    | CAME_IN
    | {"converted", "convertido", "net", "neto", "neta", "liquido", "netto"}
    | DONE
    | OWED
)
STATE = frozenset(
    {
        "status", "estado", "estatus", "state", "situacion", "situacao", "type", "tipo",
        "event", "evento", "zustand", "typ", "resultado", "result", "ergebnis",
        "etat", "statut", "stato", "orderstatus",
    }
)  # fmt: skip
STATUS = STATE - {
    *("type", "tipo", "typ", "event", "evento"),
    *("result", "resultado", "ergebnis", "state"),
}
"""Words of columns whose every word matters where no other column tells a status."""
KIND = frozenset(
    {
        "action", "accion", "acao", "aktion", "azione", "operation", "operacion",
        "operacao", "operazione", "vorgang", "movement", "movimiento", "movimento",
        "mouvement", "bewegung", "concept", "concepto", "conceito", "transaction",
        "transaccion", "transacao", "transaktion",
    }
)  # fmt: skip
"""Words of columns that say what a row is, where they say a word that is known."""
FLAG = frozenset(
    {
        "cancelled", "canceled", "cancelado", "cancelada", "anulado", "anulada",
        "cancelacion", "anulacion", "void", "voided", "refunded", "reembolsado",
        "test", "trial", "prueba", "deleted", "eliminado", "draft", "borrador",
        "rascunho", "proforma", "declined", "rechazado", "rechazada", "storniert",
        "storno", "stornierung", "entwurf", "annule", "annulee", "annulation",
        "annullato", "annullata", "geannuleerd", "error", "fehler", "erreur", "errore",
        "erro", "dispute", "disputed", "disputa", "disputado",
    }
)  # fmt: skip
CURRENCY = frozenset(
    {"currency", "moneda", "divisa", "moeda", "wahrung", "waehrung", "devise", "valuta"}
)
ELSEWHERE = frozenset(
    {
        "delivery", "entrega", "envio", "shipping", "shipment", "fulfillment",
        "despacho", "note", "nota", "notas", "reason", "motivo", "address", "tax",
        "impuesto", "card", "tarjeta", "customer", "cliente", "product", "producto",
        "method", "metodo", "date", "fecha", "data", "forma", "medio", "quantity",
        "cantidad", "qty", "units", "unidades", "lieferung", "versand", "zahlungsart",
        "zahlart", "notiz", "grund", "adresse", "kunde", "artikel", "produkt", "datum",
        "menge", "anzahl", "steuer", "mwst", "livraison", "expedition", "motif",
        "client", "produit", "methode", "mode", "quantite", "spedizione", "consegna",
        "indirizzo", "prodotto", "quantita", "levering", "klant", "reden", "time",
        "tiempo", "direccion", "endereco", "anschrift",
    }
)  # fmt: skip
EXCHANGED = frozenset(
    {"exchange", "exchanged", "replacement", "cambio", "cambiado", "reemplazo"}
    | {"reposicion", "traspaso", "traslado", "intragrupo", "intercompany"}
    | {"interempresa", "enconsignacion", "consignment", "endeposito", "autoconsumo"}
    | {"consumopropio", "giveaway", "brinde", "bonificacao", "bonificado"}
    | {"consignacao", "muestragratis", "troca", "umtausch", "ersatz", "echange"}
    | {"remplacement", "cambiomerce", "sostituzione", "omruiling", "vervanging"}
    | {"aportacion", "subvencion", "correccion", "prestamo", "prestado", "prestada"}
    | {"warrantyreplacement", "warrantyclaim", "warrantyexchange", "garantieaustausch"}
)
"""Words of rows that may be sold already, in the order that they replace, or never."""
GIVEN_AWAY = frozenset(
    {"regalo", "obsequio", "cortesia", "omaggio", "geschenk", "cadeau", "donacion"}
    | {"doacao", "comp", "complimentary", "free", "gratis", "invitacion", "invitado"}
    | {
        "consignacion",
        "kommission",
        "garantia",
        "engarantia",
        "porgarantia",
        "warranty",
    }
    | {"cambioporgarantia", "garantie", "garanzia", "underwarranty", "gewahrleistung"}
)
"""The same, where others say that they were sold: gifts and guests are kinds as well,
and a consignment is a way of paying.
"""
SOLD = frozenset(
    {"venta", "ventas", "sale", "sales", "sold", "venda", "vendas", "verkauf", "vente"}
    | {"vendita", "verkoop", "vendido", "factura", "invoice", "boleta"}
)
"""Words of rows that are sales."""
TRANSFERS = frozenset(
    {"transfer", "transferencia", "payout", "withdrawal", "retiro", "retirada"}
    | {"auszahlung", "virement", "bonifico", "saque", "uitbetaling", "disbursement"}
)
"""What a minus beside them took out of an account, and from no sale."""
FEES = frozenset(
    {
        "fee", "fees", "commission", "commissions", "comision", "comisiones", "cargo",
        "cargos", "tarifa", "tarifas", "comissao", "comissoes", "taxa", "taxas",
        "provision", "provisionen", "gebuhr", "gebuhren", "gebuehr", "gebuehren",
        "frais", "commissioni", "commissione", "commissie", "charge",
        "charges", "surcharge", "surcharges", "recargo", "recargos", "zuschlag",
        "aufschlag", "supplement", "supplemento", "toeslag", "handling",
    }
)  # fmt: skip
"""Words of what somebody keeps of a sale, or puts on top of it."""
SHIPPING = frozenset(
    {
        *("shipping", "envio", "envios", "despacho", "flete", "frete", "portes"),
        *("delivery", "postage", "freight", "versand", "versandkosten", "porto"),
        *("livraison", "port", "spedizione", "verzending", "verzendkosten"),
    }
)
TIPS = frozenset(
    {"tip", "tips", "gratuity", "propina", "propinas", "gorjeta", "gorjetas"}
    | {"trinkgeld", "pourboire", "mancia", "fooi"}
)
WHEN = frozenset({"date", "fecha", "data", "datum"})
NO = REFUSED | {"", "0", "none", "null"}
PRODUCTS = frozenset(
    {
        "product", "products", "producto", "productos", "produto", "produtos",
        "produkt", "produit", "prodotto", "item", "items", "lineitem", "articulo",
        "articulos", "artikel", "article", "articolo", "description", "descripcion",
        "descricao", "beschreibung", "bezeichnung", "designation", "descrizione",
        "concepto", "conceito", "omschrijving", "servicio", "servicios", "service",
        "services", "servico", "leistung", "prestation",
    }
)  # fmt: skip
"""Words of headers of what was sold."""
TESTS = frozenset(
    {"test", "testorder", "testpedido", "prueba", "pedidodeprueba", "ordendeprueba"}
    | {"pedidoprueba", "testbestellung", "testsale", "ventadeprueba", "commandetest"}
)
"""What a note says of an order that nobody placed."""

MODES = frozenset({"mode", "modo", "modus", "environment", "entorno"})
"""Headers, whole, of whether a till was in earnest."""
PLAYED = frozenset({"sandbox", "staging", "pruebas", "testmode", "modoprueba"})
TAUGHT = frozenset({"training", "practice", "practica", "entrenamiento", "formacion"})
"""The same where others are in earnest: schools teach so, and gyms sell it."""
EARNEST = frozenset(
    {"live", "real", "normal", "production", "produccion", "producao", "produktiv"}
    | {"regular", "sale", "sales", "venta", "ventas"}
)
WITHHELD = frozenset(
    {"irpf", "retencion", "retenciones", "withholding", "withheld", "ritenuta"}
    | {"retencao", "retencoes", "retefuente", "reteica", "reteiva", "retefte"}
    | {"rtefuente", "rteica", "rteiva", "rtefte", "detraccion"}
)
"""What a buyer keeps of a bill, and pays to the State."""


def is_owed(words: frozenset[str]) -> bool:
    """Whether a header of these words tells money that is owed yet."""
    owed = words & OWED
    is_counted = owed <= _LEFT and words & _COUNTED and not words & _WORTH
    return bool(owed) and not is_counted
