//! `LEESMIJ.html`: the reading guide, in plain Dutch (B1). Inert: no script, no link, no image.

use super::manifest::Manifest;

pub(super) fn html(manifest: &Manifest) -> String {
    let m = manifest;
    let period = match (&m.scope.from, &m.scope.to) {
        (Some(from), Some(to)) => format!("{from} tot {to}"),
        (Some(from), None) => format!("vanaf {from}"),
        (None, Some(to)) => format!("tot {to}"),
        (None, None) => "alles".to_owned(),
    };
    let facts = [
        ("Organisatie", m.organisation.name.clone()),
        ("Gemaakt op", m.created_at.clone()),
        ("Gemaakt door", m.created_by_name.clone()),
        (
            "Goedgekeurd door",
            m.approved_by
                .clone()
                .unwrap_or_else(|| "niemand".to_owned()),
        ),
        ("Bestemd voor", m.recipient.clone()),
        ("Doel", m.purpose.clone()),
        ("Grondslag", m.legal_basis.clone()),
        ("Periode", period),
        ("Verstrekkingen", m.counts.disclosures.to_string()),
        ("Toestemmingen", m.counts.consents.to_string()),
        ("Niet meegegeven", m.counts.withheld.to_string()),
        (
            "Ontvangen, niet te controleren",
            m.unverifiable.len().to_string(),
        ),
        (
            "Bewaren tot",
            m.retain_until
                .clone()
                .unwrap_or_else(|| "niet bepaald".to_owned()),
        ),
    ];
    let rows =
        facts.map(|(name, value)| format!("<tr><th>{name}</th><td>{}</td></tr>\n", escape(&value)));
    TEMPLATE.replace("{facts}", &rows.concat())
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // So that a value cannot name the place where values are put in.
            '{' => out.push_str("&#123;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

const TEMPLATE: &str = r#"<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Leesmij</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
th { text-align: left; padding-right: 1rem; vertical-align: top; font-weight: 600; }
code { background: #eee; padding: 0 .2em; }
</style>
</head>
<body>
<h1>Leesmij</h1>
<p>Dit pakket laat zien met wie een organisatie gegevens heeft gedeeld, wanneer, waarom en op welke
grond. Het bevat vertrouwelijke gegevens. Bewaar het veilig en geef het niet door.</p>
<h2>Over dit pakket</h2>
<table>
{facts}</table>
<h2>Wat zit erin?</h2>
<ul>
<li><code>disclosures.csv</code>: de verstrekkingen als tabel. Een regel per betrokkene en ontvanger.
Te openen met een rekenprogramma.</li>
<li><code>disclosures.jsonl</code> en <code>consents.jsonl</code>: de verstrekkingen en de
toestemmingen zoals de professional ze heeft ondertekend.</li>
<li><code>manifest.json</code> en <code>manifest.sig</code>: de inhoudsopgave, met de handtekening
van de functionaris die het pakket maakte.</li>
<li><code>proofs</code>, <code>checkpoints</code>, <code>attestations.jsonl</code> en
<code>policy.txt</code>: het bewijs dat niets achteraf is veranderd.</li>
</ul>
<h2>Hoe controleer ik het?</h2>
<p>Gebruik het hele pakket (het ZIP-bestand), niet losse bestanden. Voer uit:
<code>beraad verify PAKKET.zip</code>. Daarvoor is geen internet nodig. Het antwoord is een van deze:</p>
<ul>
<li><b>OK</b>: alles klopt.</li>
<li><b>CHANGED</b>: er is iets veranderd. Er staat bij in welk bestand.</li>
<li><b>MISSING</b>: er ontbreekt iets. Er staat bij wat.</li>
<li><b>UNKNOWN KEY</b>: een handtekening is van een sleutel die u niet kent of niet vertrouwt.</li>
<li><b>TOO FEW WITNESSES</b>: te weinig anderen hebben het logboek gezien.</li>
</ul>
<p>Vraag de sleutels van de organisatie langs een andere weg dan dit pakket, bijvoorbeeld per
telefoon. Zonder die sleutels ziet u wel dat het pakket heel is, maar niet zeker van wie het is.</p>
<h2>Wat is er weggelaten?</h2>
<p>Het pakket gaat over een aaneengesloten deel van het logboek. Wat in dat deel staat maar niet is
meegegeven, staat in <code>manifest.json</code> bij <code>withheld</code>, met de reden. Zijn in een
verstrekking velden weggelaten, dan staat de reden daar bij <code>redacted</code>. Wat van anderen is
ontvangen maar niet te controleren is, staat in <code>manifest.json</code> bij
<code>unverifiable</code>, met wat eraan mankeert.</p>
<h2>Wat bewijst het niet?</h2>
<p>Het pakket bewijst wat is vastgelegd, door wie en wanneer. Het bewijst niet dat alles wat is
gedeeld ook is vastgelegd. De tabel is door de functionaris gemaakt van de ondertekende gegevens;
bij verschil gelden de ondertekende gegevens.</p>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_become_markup() {
        assert_eq!(
            escape("<b>&\"'{facts}"),
            "&lt;b&gt;&amp;&quot;&#39;&#123;facts}"
        );
    }
}
