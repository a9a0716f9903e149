"""Mark the users that the demo data of 0.1 made."""

from django.contrib.auth.hashers import check_password
from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower

# Each has the address USERNAME@example.org.
_USERNAMES = """
    ana staff felix.dyer jess.vickery daniel.marsh callum.pascoe abena.eze owen.doyle chidi.adeyemi edith.kettley
    ewa.mazur beatrice.kettley charlotte.coombes arthur.tapper meera.sandhu toby.northcott zara.ahmed yuki.nguyen
    catarina.herrera ciara.doyle agnieszka.dobrescu carlos.duarte kofi.chikwanha tomasz.mazur zola.okafor
    tendai.owusu rosie.northcott grace.perrin toby.salter roger.salter tendai.okafor mihai.dobrescu charlotte.marsh
    mairi.sinclair marek.novak rafael.carvalho niamh.llewellyn siobhan.fraser rhys.macleod karolina.ionescu
    amal.haddad jess.northcott chidi.eze tomasz.kovalenko farhan.ahmed jack.hobbs minh.wong grace.dyer alice.salter
    aoife.macleod tabitha.quick zofia.bondar jack.langdon jack.hallett niamh.sinclair george.barlow farhan.joshi
    owen.gallagher emeka.owusu farhan.chaudhry roger.cartwright yaw.owusu wendy.westlake rhys.gallagher xiu.ito
    aoife.campbell omar.saleh declan.fraser imogen.barlow rhys.campbell oliver.yeo beatrice.underhill phoebe.tapper
    ishaan.dhillon freya.langdon callum.cartwright phoebe.fairweather roger.dyer owen.rafferty ngozi.mensah
    kavita.rahman priya.iqbal tiago.pinto edith.fairweather mairi.llewellyn amal.demir sanjay.patel petra.ionescu
    jack.barlow ines.serrano oliver.underhill daniel.vickery anjali.joshi sofia.fonseca tariq.kapoor jess.perrin
    jack.quick tendai.asante joao.esteves harpreet.patel mairi.rafferty iwan.nolan chidi.asante diego.duarte
    wei.huang gwen.llewellyn ngozi.adeyemi george.tapper mahmoud.demir phoebe.cartwright zofia.mazur daniel.quick
    daniel.yeo jack.thorne mairi.doyle kavita.ahmed keith.rendell petra.horvat jakub.kaminski marta.serrano
    harry.vickery aoife.llewellyn oliver.fairweather zola.chikwanha felix.ellacott adaeze.owusu toby.underhill
    kwame.owusu arthur.salter ciara.macleod edith.rendell linh.chen freya.quick aoife.rafferty kofi.adeyemi
    fatima.almeida maureen.langdon sam.ellacott wendy.ashdown declan.rafferty ishaan.ahmed owen.brennan
    imogen.westlake ciara.ohara andrei.kovalenko owen.sinclair priya.bhatt yaw.achebe eleanor.underhill
    aarav.chaudhry phoebe.thorne ines.pinto rafael.esteves laura.marsh eleanor.rendell hannah.ellacott ngozi.okafor
    felix.yeo maureen.dyer karolina.bondar harry.yeo noor.aydin ishaan.menon thandiwe.adeyemi keith.westlake
    arthur.hobbs toby.perrin felix.salter keith.thorne maureen.perrin jiho.wong roger.fairweather callum.northcott
    mairi.ohara linh.wong eilidh.llewellyn owen.nolan eleanor.langdon sanjay.chaudhry zofia.kaminski miguel.duarte
    agnieszka.lewandowska tabitha.marsh harpreet.kapoor arthur.langdon rosie.marsh hannah.coombes george.quick
    nadia.joshi siobhan.prosser tabitha.dyer jiho.nguyen zara.chaudhry callum.langdon jess.hallett roger.ashdown
    charlotte.ashdown adaeze.adeyemi catarina.lopes rafael.pinto edith.westlake beatrice.yeo siobhan.macleod
    harry.hobbs marek.lewandowska devika.rahman oliver.tapper nadia.bhatt jess.underhill sofia.duarte hannah.vickery
    imogen.ashdown oliver.salter phoebe.northcott diego.herrera declan.brennan felix.ashdown rhys.prosser
    nathan.coombes kofi.achebe andrei.bondar priya.chaudhry thandiwe.asante rosie.ashdown rohan.patel
    beatrice.pascoe isaac.dyer oksana.wojcik charlotte.hobbs viktor.wojcik rafael.almeida ewa.novak hannah.ashdown
    freya.tapper edith.northcott jiho.lam oliver.cartwright tiago.castillo minh.nguyen declan.ohara grace.northcott
    alice.quick joao.gutierrez aoife.prosser tariq.nair laura.vickery owen.macleod xiu.tran abena.chikwanha
    laura.perrin folake.achebe keith.quick dilan.khoury mihai.popescu rafael.herrera fergus.prosser hiroshi.huang
    zofia.popescu felix.perrin sanjay.kapoor leyla.mansour phoebe.ellacott ioana.popescu alice.tapper owen.ohara
    hana.park tomasz.novak ewa.kovalenko felix.coombes eilidh.sinclair mairi.campbell eilidh.gallagher
    arthur.fairweather charlotte.langdon fergus.macleod farhan.iqbal zara.rahman priya.joshi george.ashdown
    fergus.rafferty jack.rendell fergus.doyle yaw.adeyemi isaac.northcott minh.park rosie.dyer leyla.yilmaz
    oliver.gale tomasz.bondar ioana.novak hiroshi.tran felix.hobbs callum.fairweather petra.kaminski beatrice.tapper
    beatriz.serrano rafael.moreno jack.ashdown jess.ashdown folake.adeyemi aarav.iqbal nathan.thorne
""".split()
# These two sign in. Somebody may have given them an address of their own, and left the password.
_PASSWORDS = {"ana": "demo", "staff": "demo"}


def mark(apps, schema_editor):
    """Mark users by name and address together, and those who have the known password."""
    users = apps.get_model("users", "User").objects
    made = users.filter(username__in=_USERNAMES).annotate(address=Lower("email"))
    made.filter(address=Concat(F("username"), Value("@example.org"))).update(is_demo=True)
    for user in users.filter(username__in=_PASSWORDS, is_demo=False):
        if check_password(_PASSWORDS[user.username], user.password):
            users.filter(pk=user.pk).update(is_demo=True)


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0008_user_is_demo'),
    ]

    operations = [
        # Backwards, the column goes with its marks.
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
