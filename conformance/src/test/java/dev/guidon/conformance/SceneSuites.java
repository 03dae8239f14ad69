package dev.guidon.conformance;

import dev.guidon.model.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Suites of whole documents: what decides in which order, and what cannot be used. */
final class SceneSuites {
  private static final String TARGETED = "{'value':true,'variant':'on','reason':'TARGETING_MATCH'}";
  private static final String STATIC = "{'value':false,'variant':'off','reason':'STATIC'}";
  private static final String DISABLED = "{'value':false,'variant':'off','reason':'DISABLED'}";
  private static final String FAILED =
      "{'value':false,'variant':'off','reason':'DISABLED','detail':'PREREQUISITE_FAILED'}";
  private static final String PARSE_ERROR = "{'reason':'ERROR','errorCode':'PARSE_ERROR'}";
  private static final String STALE_ON = "{'value':true,'variant':'on','reason':'STALE'}";
  private static final String ANY = "'rules':[{'id':'r','serve':{'variant':'on'}}]";
  private static final String RU1 =
      "'rules':[{'id':'r','if':{'segment':'s'},'serve':{'variant':'on'}}]";

  private SceneSuites() {}

  static List<Draft> all() {
    return List.of(
        order(),
        prerequisites(),
        targets(),
        chunks(),
        segments(),
        layers(),
        schedules(),
        region(),
        serves(),
        staleness(),
        types(),
        documents(),
        refused(),
        earlier(),
        limits(),
        contexts());
  }

  private static Draft order() {
    String layered =
        "'layer':'l','prerequisites':[{'flag':'p','variants':['on']}],"
            + "'targets':[{'variant':'on','keys':['t','both']}],"
            + "'rules':[{'id':'r1','if':{'attribute':'a','op':'in','values':[1]},'serve':{'variant':'on'}},"
            + "{'id':'r2','serve':{'variant':'off'}},{'id':'r3','serve':{'variant':'on'}}]";
    Draft draft = byHand("order", "off, prerequisites, targets, rules, default: the first decides");
    draft.layer("l", "'ranges':[]");
    draft.when("p", "{'attribute':'p','op':'in','values':[true]}");
    draft.flag("f", layered).offFlag("off", layered);
    draft.ask("f", "{'targetingKey':'t','p':true,'a':1}", TARGETED);
    draft.ask("f", "{'targetingKey':'t','p':false,'a':1}", FAILED);
    draft.ask("off", "{'targetingKey':'t','p':false,'a':1}", DISABLED);
    draft.ask("off", "{'targetingKey':'t','p':true,'a':1}", DISABLED);
    draft.ask(
        "f",
        "{'targetingKey':'u','p':true,'a':1}",
        "{'value':true,'variant':'on','reason':'TARGETING_MATCH','ruleId':'r1'}");
    draft.ask(
        "f",
        "{'targetingKey':'u','p':true,'a':2}",
        "{'value':false,'variant':'off','reason':'TARGETING_MATCH','ruleId':'r2'}");
    draft.ask(
        "f",
        "{'p':true}",
        "{'value':false,'variant':'off','reason':'TARGETING_MATCH','ruleId':'r2'}");
    draft.flag("static", "").ask("static", "{}", STATIC);
    draft
        .flag("default", "'rules':[{'id':'r','if':{'any':[]},'serve':{'variant':'on'}}]")
        .ask("default", "{}", Draft.OFF);
    draft
        .flag("targetsOnly", "'targets':[{'variant':'on','keys':[]}]")
        .ask("targetsOnly", "{}", Draft.OFF);
    draft
        .flag("needsOnly", "'prerequisites':[{'flag':'p','variants':['on','off']}]")
        .ask("needsOnly", "{}", Draft.OFF);
    draft.flag("layerOnly", "'layer':'l'").ask("layerOnly", "{}", STATIC);
    draft.put(
        "offNull",
        "{'envelope':{'key':'offNull','type':'boolean','on':false,'variants':{'on':true},'offVariant':null},'default':{'variant':'on'}}");
    draft.put(
        "offNone",
        "{'envelope':{'key':'offNone','type':'boolean','on':false,'variants':{'on':true}},'default':{'variant':'on'}}");
    draft
        .ask("offNull", "{}", "{'reason':'DISABLED'}")
        .ask("offNone", "{}", "{'reason':'DISABLED'}");
    return draft
        .ask("nothing", "{}", "{'reason':'ERROR','errorCode':'FLAG_NOT_FOUND'}")
        .ask("", "{}", "{'reason':'ERROR','errorCode':'FLAG_NOT_FOUND'}");
  }

  private static Draft prerequisites() {
    Draft draft = byHand("prerequisites", "by the variant served, whatever the reason");
    draft.when("p", "{'attribute':'p','op':'in','values':[true]}").offFlag("off", "");
    draft.flag("code", "'default':{'variant':null}");
    draft.flag("split", "'default':{'split':{'shares':[{'variant':'on','weight':100000}]}}");
    draft.flag("target", "'targets':[{'variant':'on','keys':['u']}]");
    need(draft, "needsOn", "p", "on");
    need(draft, "needsOff", "p", "off");
    need(draft, "needsOffOff", "off", "off");
    need(draft, "needsOffOn", "off", "on");
    need(draft, "needsUnknown", "p", "purple");
    need(draft, "needsCode", "code", "on','off");
    need(draft, "needsSplit", "split", "on");
    need(draft, "needsTarget", "target", "on");
    need(draft, "needsNeeds", "needsOn", "on");
    need(draft, "needsNeedsOff", "needsOn", "off");
    String on = "{'value':true,'variant':'on','reason':'DEFAULT'}";
    draft.ask("needsOn", "{'p':true}", on).ask("needsOn", "{}", FAILED);
    draft.ask("needsOff", "{'p':true}", FAILED).ask("needsOff", "{}", on);
    draft.ask("needsOffOff", "{}", on).ask("needsOffOn", "{}", FAILED);
    draft.ask("needsUnknown", "{'p':true}", FAILED).ask("needsCode", "{}", FAILED);
    draft.ask("needsSplit", "{}", FAILED).ask("needsSplit", "{'targetingKey':'u'}", on);
    draft
        .ask("needsTarget", "{'targetingKey':'u'}", on)
        .ask("needsTarget", "{'targetingKey':'v'}", FAILED);
    draft.ask("needsNeeds", "{'p':true}", on).ask("needsNeeds", "{}", FAILED);
    draft.ask("needsNeedsOff", "{}", on);
    draft.flag(
        "two",
        "'prerequisites':[{'flag':'p','variants':['on']},{'flag':'off','variants':['off','on']}],"
            + ANY);
    draft.ask("two", "{'p':true}", Draft.ON).ask("two", "{}", FAILED);
    draft.put(
        "word",
        "{'envelope':{'key':'word','type':'string','on':true,'variants':{'a':'x','b':'y'}},'default':{'variant':'b'}}");
    need(draft, "needsWord", "word", "b");
    draft.ask("needsWord", "{}", on);
    draft.put(
        "offNull",
        "{'envelope':{'key':'offNull','type':'boolean','on':true,'variants':{'on':true}},'prerequisites':[{'flag':'off','variants':['on']}],'default':{'variant':'on'}}");
    return draft.ask("offNull", "{}", "{'reason':'DISABLED','detail':'PREREQUISITE_FAILED'}");
  }

  private static void need(Draft draft, String key, String flag, String variants) {
    draft.flag(
        key,
        "'prerequisites':[{'flag':'"
            + flag
            + "','variants':['"
            + variants
            + "']}],'default':{'variant':'on'}");
  }

  private static Draft targets() {
    Draft draft = byHand("targets", "units named one by one, of any kind, in order");
    draft.flag(
        "f",
        "'targets':[{'variant':'off','keys':['a','\u00e9','\ud83d\ude00']},{'variant':'on','keys':['a','b',' c ','1','true']},{'variant':'on','kind':'o','keys':['acme']},{'variant':'on'}]");
    String off = "{'value':false,'variant':'off','reason':'TARGETING_MATCH'}";
    for (String unit : new String[] {"a", "\u00e9", "\ud83d\ude00"}) {
      draft.ask("f", "{'targetingKey':'" + unit + "'}", off);
    }
    for (String unit : new String[] {"b", " c ", "1", "true"}) {
      draft.ask("f", "{'targetingKey':'" + unit + "'}", TARGETED);
    }
    for (String unit : new String[] {"A", "e\u0301", "c", "", "acme", "b "}) {
      draft.ask("f", "{'targetingKey':'" + unit + "'}", Draft.OFF);
    }
    draft.ask("f", "{}", Draft.OFF).ask("f", "{'targetingKey':null}", Draft.OFF);
    draft.ask("f", "{'$kinds':{'o':{'targetingKey':'acme'}}}", TARGETED);
    draft.ask("f", "{'$kinds':{'o':{'targetingKey':'a'}}}", Draft.OFF);
    draft.ask("f", "{'$kinds':{'p':{'targetingKey':'acme'}}}", Draft.OFF);
    return draft.ask("f", "{'targetingKey':'a','$kinds':{'o':{'targetingKey':'acme'}}}", off);
  }

  private static Draft chunks() {
    Draft draft = byHand("key-chunks", "key lists in blobs; a unit is looked for in its own chunk");
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      keys.add("k" + i);
    }
    keys.add("\u00e9");
    keys.add("\ud83d\ude00");
    for (int chunks : new int[] {1, 4, 16, 64}) {
      String key = "c" + chunks;
      draft.flag(key, "'targets':[{'variant':'on','keys':" + draft.stored(keys, chunks) + "}]");
      draft.segment(
          "s" + chunks,
          "'included':"
              + draft.stored(keys, chunks)
              + ",'excluded':"
              + draft.stored(List.of("k7"), 1));
      draft.flag(
          "f" + chunks,
          "'rules':[{'id':'r','if':{'segment':'s" + chunks + "'},'serve':{'variant':'on'}}]");
      for (int i = 0; i < 420; i += 7) {
        draft.ask(key, "{'targetingKey':'k" + i + "'}", i < 400 ? TARGETED : Draft.OFF);
        draft.ask(
            "f" + chunks,
            "{'targetingKey':'k" + i + "'}",
            i < 400 && i != 7 ? Draft.ON : Draft.OFF);
      }
      draft
          .ask(key, "{'targetingKey':'\u00e9'}", TARGETED)
          .ask(key, "{'targetingKey':'\ud83d\ude00'}", TARGETED);
      draft.ask(key, "{'targetingKey':'e\u0301'}", Draft.OFF).ask(key, "{}", Draft.OFF);
    }
    // The same keys in every chunk but the right one.
    String empty = draft.blob(CanonicalJson.bytes(Draft.json("[]")));
    String w = draft.blob(CanonicalJson.bytes(Draft.json("['w']")));
    int right = (int) (Naive.murmur3("", "w") >> 30);
    List<String> hashes = new ArrayList<>();
    List<String> only = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      hashes.add("'" + (i == right ? empty : w) + "'");
      only.add("'" + (i == right ? w : empty) + "'");
    }
    draft.flag(
        "wrong",
        "'targets':[{'variant':'on','keys':{'count':3,'chunks':["
            + String.join(",", hashes)
            + "]}}]");
    draft.flag(
        "right",
        "'targets':[{'variant':'on','keys':{'count':9,'chunks':["
            + String.join(",", only)
            + "]}}]");
    draft
        .ask("wrong", "{'targetingKey':'w'}", Draft.OFF)
        .ask("right", "{'targetingKey':'w'}", TARGETED);
    draft
        .flag(
            "absent",
            "'targets':[{'variant':'on','keys':{'count':1,'chunks':['" + "a".repeat(64) + "']}}]")
        .ask("absent", "{}", PARSE_ERROR);
    String number = draft.blob("[1]".getBytes(StandardCharsets.UTF_8));
    draft
        .flag(
            "number", "'targets':[{'variant':'on','keys':{'count':1,'chunks':['" + number + "']}}]")
        .ask("number", "{}", PARSE_ERROR);
    String object = draft.blob("{}".getBytes(StandardCharsets.UTF_8));
    draft
        .flag(
            "object", "'targets':[{'variant':'on','keys':{'count':1,'chunks':['" + object + "']}}]")
        .ask("object", "{}", PARSE_ERROR);
    String chunk = "'" + empty + "'";
    int bad = 0;
    for (String list :
        new String[] {
          "{'count':0,'chunks':[]}",
          "{'count':0}",
          "{'count':0,'chunks':[" + chunk + "," + chunk + "]}",
          "{'chunks':[" + chunk + "]}",
          "{'count':-1,'chunks':[" + chunk + "]}",
          "{'count':1000001,'chunks':[" + chunk + "]}",
          "{'count':0,'chunks':['" + "A".repeat(64) + "']}",
          "{'count':0.5,'chunks':[" + chunk + "]}"
        }) {
      String key = "bad" + bad++;
      draft
          .flag(key, "'targets':[{'variant':'on','keys':" + list + "}]")
          .ask(key, "{}", PARSE_ERROR);
    }
    return draft;
  }

  private static Draft segments() {
    Draft draft = byHand("segments", "excluded, included, if; segments in segments; kinds");
    draft.segment(
        "s",
        "'included':['in','both'],'excluded':['ex','both'],'if':{'attribute':'a','op':'in','values':[1]}");
    draft.segment("o", "'kind':'o','included':['acme']").segment("empty", "'included':[]");
    draft
        .segment("outer", "'if':{'segment':'s'},'excluded':['in2']")
        .segment("notS", "'if':{'segment':'s','negate':true}");
    draft.segment("ifOnly", "'if':{'attribute':'a','op':'present','negate':true}");
    for (String key : new String[] {"s", "o", "empty", "outer", "notS", "ifOnly"}) {
      draft
          .when(key, "{'segment':'" + key + "'}")
          .when(key + "-", "{'segment':'" + key + "','negate':true}");
    }
    member(draft, "s", "{'targetingKey':'in'}", true);
    member(draft, "s", "{'targetingKey':'both'}", false);
    member(draft, "s", "{'targetingKey':'both','a':1}", false);
    member(draft, "s", "{'targetingKey':'ex','a':1}", false);
    member(draft, "s", "{'targetingKey':'x','a':1}", true);
    member(draft, "s", "{'targetingKey':'x','a':2}", false);
    member(draft, "s", "{'a':1}", true);
    member(draft, "s", "{}", false);
    member(draft, "o", "{'$kinds':{'o':{'targetingKey':'acme'}}}", true);
    member(draft, "o", "{'targetingKey':'acme'}", false);
    member(draft, "o", "{'$kinds':{'o':{}}}", false);
    member(draft, "empty", "{'targetingKey':'in'}", false);
    member(draft, "outer", "{'targetingKey':'in'}", true);
    member(draft, "outer", "{'targetingKey':'in2','a':1}", false);
    member(draft, "outer", "{'targetingKey':'ex','a':1}", false);
    member(draft, "notS", "{'targetingKey':'ex','a':1}", true);
    member(draft, "notS", "{'targetingKey':'in'}", false);
    member(draft, "ifOnly", "{}", true);
    member(draft, "ifOnly", "{'a':1}", false);
    draft.offFlag("inOff", RU1).ask("inOff", "{'targetingKey':'in'}", DISABLED);
    draft.when(
        "nested",
        "{'all':[{'segment':'s'},{'not':{'segment':'o'}},{'any':[{'segment':'outer'},{'segment':'empty'}]}]}");
    draft.ask("nested", "{'a':1}", Draft.ON);
    draft.ask("nested", "{'a':1,'$kinds':{'o':{'targetingKey':'acme'}}}", Draft.OFF);
    return draft;
  }

  private static void member(Draft draft, String key, String context, boolean isIn) {
    draft.ask(key, context, isIn ? Draft.ON : Draft.OFF);
    draft.ask(key + "-", context, isIn ? Draft.OFF : Draft.ON);
  }

  private static Draft layers() {
    Draft draft = byHand("layers", "slots of rules: from counts, to does not; the layer's bucket");
    String unit = "u1";
    int slot = Naive.bucket("l", unit);
    draft.layer(
        "l",
        "'ranges':[{'flag':'in','rule':'r','from':"
            + slot
            + ",'to':"
            + (slot + 1)
            + "},{'flag':'below','rule':'r','from':0,'to':"
            + slot
            + "},{'flag':'above','rule':'r','from':"
            + (slot + 1)
            + ",'to':100000}]");
    int other = Naive.bucket("l2", unit);
    draft.layer(
        "two",
        "'salt':'l2','ranges':[{'flag':'twice','rule':'r','from':0,'to':1},{'flag':'twice','rule':'r','from':"
            + other
            + ",'to':"
            + (other + 1)
            + "},{'flag':'twice','rule':'q','from':"
            + (other + 1)
            + ",'to':"
            + (other + 2)
            + "}]");
    draft.layer("whole", "'ranges':[{'flag':'whole','rule':'r','from':0,'to':100000}]");
    draft.layer(
        "kind",
        "'unit':'plan','kind':'o','salt':'','ranges':[{'flag':'kind','rule':'r','from':0,'to':100000}]");
    draft.layer(
        "kindOnly", "'kind':'o','ranges':[{'flag':'kindOnly','rule':'r','from':0,'to':100000}]");
    String on = "{'value':true,'variant':'on','reason':'TARGETING_MATCH','ruleId':'r','bucket':";
    for (String key : new String[] {"in", "below", "above", "none"}) {
      draft.flag(key, "'layer':'l'," + ANY);
      String expect =
          key.equals("in") ? on + slot + "}" : key.equals("none") ? Draft.ON : Draft.OFF;
      draft.ask(key, "{'targetingKey':'" + unit + "'}", expect);
      draft.ask(key, "{}", key.equals("none") ? Draft.ON : Draft.OFF);
    }
    draft.flag(
        "twice",
        "'layer':'two','rules':[{'id':'q','serve':{'variant':'off'}},{'id':'r','if':{'attribute':'a','op':'in','values':[1]},'serve':{'variant':'on'}},{'id':'z','serve':{'variant':null}}]");
    draft.ask("twice", "{'targetingKey':'u1','a':1}", on + other + "}");
    draft.ask("twice", "{'targetingKey':'u1','a':2}", "{'reason':'TARGETING_MATCH','ruleId':'z'}");
    int whole = Naive.bucket("whole", "");
    draft
        .flag("whole", "'layer':'whole'," + ANY)
        .ask("whole", "{'targetingKey':''}", on + whole + "}");
    draft.ask("whole", "{}", Draft.OFF);
    draft.flag("kind", "'layer':'kind','rules':[{'id':'r','serve':{'variant':null}}]");
    draft.ask(
        "kind",
        "{'$kinds':{'o':{'plan':10.0}}}",
        "{'reason':'TARGETING_MATCH','ruleId':'r','bucket':" + Naive.bucket("", "10") + "}");
    draft.ask(
        "kind",
        "{'$kinds':{'o':{'plan':true}}}",
        "{'reason':'TARGETING_MATCH','ruleId':'r','bucket':" + Naive.bucket("", "true") + "}");
    draft
        .ask("kind", "{'plan':'x'}", Draft.OFF)
        .ask("kind", "{'$kinds':{'o':{'plan':['x']}}}", Draft.OFF);
    draft
        .flag("kindOnly", "'layer':'kindOnly'," + ANY)
        .ask("kindOnly", "{'targetingKey':'x'}", on + Naive.bucket("kindOnly", "x") + "}");
    draft.ask("kindOnly", "{'$kinds':{'o':{'targetingKey':'x'}}}", Draft.OFF);
    draft.layer(
        "servings",
        "'ranges':[{'flag':'servings','rule':'r','from':0,'to':50000},{'flag':'policy','rule':'r','from':50000,'to':100000}]");
    draft.flag(
        "servings",
        "'layer':'servings','rules':[{'id':'r','serve':{'split':{'shares':[{'variant':'on','weight':100000}]}}}]");
    draft.flag(
        "policy",
        "'layer':'servings','rules':[{'id':'r','serve':{'policy':{'key':'p','fallback':'on'}}}]");
    for (int i = 0; i < 6; i++) {
      String name = "v" + i;
      int at = Naive.bucket("servings", name);
      String split =
          "{'value':true,'variant':'on','reason':'SPLIT','ruleId':'r','bucket':"
              + Naive.bucket("servings", name)
              + "}";
      draft.ask("servings", "{'targetingKey':'" + name + "'}", at < 50000 ? split : Draft.OFF);
      String policy =
          "{'value':true,'variant':'on','reason':'DEFAULT','detail':'POLICY_UNAVAILABLE','ruleId':'r','bucket':"
              + at
              + "}";
      draft.ask("policy", "{'targetingKey':'" + name + "'}", at < 50000 ? Draft.OFF : policy);
    }
    return draft;
  }

  private static Draft schedules() {
    Draft draft = byHand("schedules", "from counts, until does not; windows of rules and $now");
    draft.flag(
        "f",
        "'rules':[{'id':'r','from':'2027-01-01T00:00:00Z','until':'2027-02-01T00:00:00+01:00','serve':{'variant':'on'}}]");
    draft.flag(
        "from",
        "'rules':[{'id':'r','from':'2027-01-01T00:00:00.000001Z','serve':{'variant':'on'}}]");
    draft.flag(
        "until",
        "'rules':[{'id':'r','until':'2027-01-01T00:00:00.000001Z','serve':{'variant':'on'}}]");
    draft.flag(
        "nulls",
        "'rules':[{'id':'r','from':null,'until':null,'if':null,'name':null,'serve':{'variant':'on'}}]");
    draft.flag(
        "next",
        "'rules':[{'id':'r1','until':'2027-01-01T00:00:00Z','serve':{'variant':'off'}},{'id':'r','from':'2027-01-01T00:00:00Z','serve':{'variant':'on'}}]");
    at(draft, "f", "2026-12-31T23:59:59.999999Z", false);
    at(draft, "f", "2027-01-01T00:00:00Z", true);
    at(draft, "f", "2027-01-31T22:59:59.999999Z", true);
    at(draft, "f", "2027-01-31T23:00:00Z", false);
    at(draft, "from", "2027-01-01T00:00:00Z", false);
    at(draft, "from", "2027-01-01T00:00:00.000001Z", true);
    at(draft, "from", "9999-12-31T23:59:59.999999Z", true);
    at(draft, "until", "2027-01-01T00:00:00Z", true);
    at(draft, "until", "2027-01-01T00:00:00.000001Z", false);
    at(draft, "until", "0001-01-01T00:00:00Z", true);
    at(draft, "nulls", "1969-12-31T23:59:59.999999Z", true);
    at(draft, "next", "2027-01-01T00:00:00Z", true);
    draft.ask(
        "next",
        "{}",
        "{'value':false,'variant':'off','reason':'TARGETING_MATCH','ruleId':'r1'}",
        "'now':'2026-12-31T23:59:59.999999Z'");
    draft
        .segment("s", "'if':{'attribute':'$now','op':'after','values':['2027-01-01T00:00:00Z']}")
        .flag("seg", RU1);
    at(draft, "seg", "2026-12-31T23:59:59.999999Z", false);
    at(draft, "seg", "2027-01-01T00:00:00Z", true);
    draft.flag("needs", "'prerequisites':[{'flag':'from','variants':['on']}]," + ANY);
    draft.ask("needs", "{}", FAILED, "'now':'2027-01-01T00:00:00Z'");
    at(draft, "needs", "2027-01-01T00:00:00.000001Z", true);
    return draft;
  }

  private static void at(Draft draft, String flag, String now, boolean isOn) {
    draft.ask(flag, "{}", isOn ? Draft.ON : Draft.OFF, "'now':'" + now + "'");
  }

  private static Draft region() {
    Draft draft = byHand("region", "another region: tests, units of splits and of layers");
    draft.region = "eu-west-1";
    draft
        .when("in", "{'attribute':'$region','op':'in','values':['eu-west-1']}")
        .ask("in", "{'$region':'us'}", Draft.ON);
    draft
        .when("prefix", "{'attribute':'$region','op':'startsWith','values':['eu-']}")
        .ask("prefix", "{}", Draft.ON);
    draft
        .when("not", "{'attribute':'$region','op':'in','values':['us'],'negate':true}")
        .ask("not", "{}", Draft.ON);
    draft.flag(
        "split",
        "'default':{'split':{'unit':'$region','salt':'s','shares':[{'variant':'on','weight':100000}]}}");
    int bucket = Naive.bucket("s", "eu-west-1");
    draft.ask(
        "split", "{}", "{'value':true,'variant':'on','reason':'SPLIT','bucket':" + bucket + "}");
    draft.flag(
        "nowUnit",
        "'default':{'split':{'unit':'$now','shares':[{'variant':'on','weight':100000}]}}");
    draft.ask("nowUnit", "{}", "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING'}");
    draft
        .layer("l", "'unit':'$region','ranges':[{'flag':'layer','rule':'r','from':0,'to':100000}]")
        .flag("layer", "'layer':'l'," + ANY);
    return draft.ask(
        "layer",
        "{}",
        "{'value':true,'variant':'on','reason':'TARGETING_MATCH','ruleId':'r','bucket':"
            + Naive.bucket("l", "eu-west-1")
            + "}");
  }

  private static Draft serves() {
    Draft draft =
        byHand("serves", "variants, the code default, policies, and values of every type");
    draft.flag("null", "'default':{'variant':null}").ask("null", "{}", "{'reason':'STATIC'}");
    draft
        .flag(
            "ruleNull",
            "'rules':[{'id':'r','serve':{'variant':null}},{'id':'q','serve':{'variant':'on'}}]")
        .ask("ruleNull", "{}", "{'reason':'TARGETING_MATCH','ruleId':'r'}");
    draft
        .flag("policy", "'default':{'policy':{'key':'p','fallback':'on'}}")
        .ask(
            "policy",
            "{}",
            "{'value':true,'variant':'on','reason':'DEFAULT','detail':'POLICY_UNAVAILABLE'}");
    draft
        .flag("policyNull", "'default':{'policy':{'key':'','fallback':null}}")
        .ask("policyNull", "{}", "{'reason':'DEFAULT','detail':'POLICY_UNAVAILABLE'}");
    draft
        .flag("policyRule", "'rules':[{'id':'r','serve':{'policy':{'key':'p','fallback':'on'}}}]")
        .ask(
            "policyRule",
            "{}",
            "{'value':true,'variant':'on','reason':'DEFAULT','detail':'POLICY_UNAVAILABLE','ruleId':'r'}");
    draft
        .flag(
            "splitFirst",
            "'default':{'variant':'on','policy':{'key':'p','fallback':'on'},'split':{'shares':[{'variant':'off','weight':100000}],'salt':'s'}}")
        .ask(
            "splitFirst",
            "{'targetingKey':'u'}",
            "{'value':false,'variant':'off','reason':'SPLIT','bucket':"
                + Naive.bucket("s", "u")
                + "}");
    draft
        .flag("policySecond", "'default':{'variant':'off','policy':{'key':'p','fallback':'on'}}")
        .ask(
            "policySecond",
            "{}",
            "{'value':true,'variant':'on','reason':'DEFAULT','detail':'POLICY_UNAVAILABLE'}");
    String[][] values = {
      {"string", "''", "'\u00e9\ud83d\ude00\\u0000'"},
      {"number", "-0.0", "1e-7"},
      {"object", "{}", "[1,{'a':[null,true]},'x']"},
      {"boolean", "true", "false"},
      {"number", "1.7976931348623157e308", "9007199254740991"},
    };
    for (int i = 0; i < values.length; i++) {
      String[] row = values[i];
      for (int v = 1; v < 3; v++) {
        String key = row[0] + i + v;
        draft.put(
            key,
            "{'envelope':{'key':'"
                + key
                + "','type':'"
                + row[0]
                + "','on':true,'variants':{'v1':"
                + row[1]
                + ",'v2':"
                + row[2]
                + "}},'default':{'variant':'v"
                + v
                + "'}}");
        draft.ask(key, "{}", "{'value':" + row[v] + ",'variant':'v" + v + "','reason':'STATIC'}");
      }
    }
    return draft;
  }

  private static Draft staleness() {
    Draft draft = byHand("staleness", "a flag's own bound for the age of the state");
    draft
        .flag("f", "'staleness':{'seconds':60,'variant':'on'}")
        .offFlag("off", "'staleness':{'seconds':60,'variant':'on'}");
    draft
        .flag("code", "'staleness':{'seconds':1,'variant':null}")
        .flag("none", "")
        .flag("year", "'staleness':{'seconds':31536000,'variant':'on'}");
    draft.flag("needs", "'prerequisites':[{'flag':'f','variants':['off']}]," + ANY);
    draft.flag(
        "rule",
        "'staleness':{'seconds':60,'variant':'on'},'rules':[{'id':'r','serve':{'variant':'off'}}]");
    draft.put(
        "broken",
        "{'envelope':{'key':'broken','type':'boolean','on':true,'variants':{'on':true}},'staleness':{'seconds':60,'variant':'on'},'default':{}}");
    for (String age : new String[] {"0", "59.999999", "60", "60.5", "1000000", "null"}) {
      boolean isOld = age.equals("null") || Double.parseDouble(age) >= 60;
      String more = "'age':" + age;
      draft.ask("f", "{}", isOld ? STALE_ON : STATIC, more).ask("off", "{}", DISABLED, more);
      draft
          .ask("none", "{}", STATIC, more)
          .ask("broken", "{}", PARSE_ERROR, more)
          .ask("needs", "{}", Draft.ON, more);
      draft.ask("code", "{}", age.equals("0") ? STATIC : "{'reason':'STALE'}", more);
      draft.ask("year", "{}", age.equals("null") ? STALE_ON : STATIC, more);
      draft.ask(
          "rule",
          "{}",
          isOld
              ? STALE_ON
              : "{'value':false,'variant':'off','reason':'TARGETING_MATCH','ruleId':'r'}",
          more);
    }
    return draft;
  }

  private static Draft types() {
    Draft draft = byHand("asked-types", "the type that the caller asks for");
    String[][] flags = {
      {"boolean", "boolean", "true", "boolean"},
      {"string", "string", "'1'", "string"},
      {"whole", "number", "10", "number integer"},
      {"half", "number", "0.5", "number"},
      {"zero", "number", "-0.0", "number integer"},
      {"large", "number", "9223372036854774784", "number integer"},
      {"beyond", "number", "9223372036854775808", "number"},
      {"least", "number", "-9223372036854775808", "number integer"},
      {"below", "number", "-9223372036854777856", "number"},
      {"object", "object", "{'a':1}", "object"},
      {"array", "object", "[1]", "object"},
    };
    for (String[] flag : flags) {
      draft.put(
          flag[0],
          "{'envelope':{'key':'"
              + flag[0]
              + "','type':'"
              + flag[1]
              + "','on':true,'variants':{'v':"
              + flag[2]
              + "}},'default':{'variant':'v'}}");
      draft.put(
          flag[0] + "-",
          "{'envelope':{'key':'"
              + flag[0]
              + "-','type':'"
              + flag[1]
              + "','on':true,'variants':{'v':"
              + flag[2]
              + "}},'default':{'variant':null}}");
      for (String type : new String[] {"boolean", "string", "number", "integer", "object"}) {
        boolean fits = List.of(flag[3].split(" ", -1)).contains(type);
        boolean codeFits =
            type.equals(flag[1]) || (type.equals("integer") && flag[1].equals("number"));
        String mismatch = "{'reason':'ERROR','errorCode':'TYPE_MISMATCH'}";
        draft.ask(
            flag[0],
            "{}",
            fits ? "{'value':" + flag[2] + ",'variant':'v','reason':'STATIC'}" : mismatch,
            "'type':'" + type + "'");
        draft.ask(
            flag[0] + "-",
            "{}",
            codeFits ? "{'reason':'STATIC'}" : mismatch,
            "'type':'" + type + "'");
      }
    }
    draft
        .offFlag("off", "")
        .ask("off", "{}", DISABLED, "'type':'boolean'")
        .ask("off", "{}", "{'reason':'ERROR','errorCode':'TYPE_MISMATCH'}", "'type':'string'");
    draft.flag(
        "split",
        "'rules':[{'id':'r','serve':{'split':{'shares':[{'variant':'on','weight':100000}]}}}]");
    draft.ask(
        "split",
        "{}",
        "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING','ruleId':'r'}",
        "'type':'string'");
    draft.ask(
        "split",
        "{'targetingKey':'u'}",
        "{'reason':'ERROR','errorCode':'TYPE_MISMATCH'}",
        "'type':'string'");
    draft
        .put(
            "broken",
            "{'envelope':{'key':'broken','type':'boolean','on':true,'variants':{'on':true}}}")
        .ask("broken", "{}", PARSE_ERROR, "'type':'string'");
    return draft.ask(
        "nothing", "{}", "{'reason':'ERROR','errorCode':'FLAG_NOT_FOUND'}", "'type':'string'");
  }

  /** Documents that are read, though they may look odd. */
  private static Draft documents() {
    Draft draft =
        byHand("documents", "what a reader accepts: unknown members, nulls, edges of lengths");
    String[] more = {
      "'future':{'a':1}",
      "'prerequisites':null,'targets':null,'rules':null,'salt':null,'layer':null,'staleness':null,'metadata':null,'clientVisible':null",
      "'prerequisites':[],'targets':[],'rules':[],'metadata':{},'clientVisible':true,'salt':''",
      "'metadata':{'':'x','n':1,'b':true}",
      "'default':{'variant':'off','future':1}",
      "'metadata':{" + members(100) + "}",
    };
    for (int i = 0; i < more.length; i++) {
      draft.flag("m" + i, more[i]).ask("m" + i, "{}", STATIC);
    }
    String key = "k".repeat(256);
    draft.flag(key, "").ask(key, "{}", STATIC);
    draft.flag("\ud83d\ude00", "").ask("\ud83d\ude00", "{}", STATIC);
    draft.flag("a b\u00a0c", "").ask("a b\u00a0c", "{}", STATIC);
    draft
        .put(
            "wide",
            "{'envelope':{'key':'wide','type':'boolean','on':true,'variants':{"
                + variants(200)
                + "},'future':[]},'default':{'variant':'v199'}}")
        .ask("wide", "{}", "{'value':true,'variant':'v199','reason':'STATIC'}");
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      rules
          .append(i == 0 ? "" : ",")
          .append("{'id':'r")
          .append(i == 499 ? "" : i)
          .append("','if':{'any':[]},'serve':{'variant':'on'}}");
    }
    draft
        .flag(
            "rules",
            "'rules':["
                + rules.toString().replace("'r','if':{'any':[]}", "'r','if':{'all':[]}")
                + "]")
        .ask("rules", "{}", Draft.ON);
    draft
        .flag("names", "'rules':[{'id':'r','name':'','note':1,'serve':{'variant':'on','note':1}}]")
        .ask("names", "{}", Draft.ON);
    draft
        .when(
            "test",
            "{'attribute':'a','op':'in','values':[1],'note':1,'negate':null,'ignoreCase':null,'kind':null}")
        .ask("test", "{'a':1}", Draft.ON);
    draft
        .when("noCase", "{'attribute':'a','op':'lt','values':[1],'ignoreCase':false}")
        .ask("noCase", "{'a':0}", Draft.ON);
    draft.when("deep", nested(32)).ask("deep", "{}", Draft.ON);
    draft
        .flag(
            "weights",
            "'default':{'split':{'shares':[{'variant':'on','weight':1e5,'note':1}],'note':1,'salt':'s','kind':null}}")
        .ask(
            "weights",
            "{'targetingKey':'u'}",
            "{'value':true,'variant':'on','reason':'SPLIT','bucket':"
                + Naive.bucket("s", "u")
                + "}");
    draft
        .flag(
            "kindSplit",
            "'default':{'split':{'kind':'o','shares':[{'variant':'on','weight':100000}],'salt':'s'}}")
        .ask(
            "kindSplit",
            "{'$kinds':{'o':{'targetingKey':'x'}}}",
            "{'value':true,'variant':'on','reason':'SPLIT','bucket':"
                + Naive.bucket("s", "x")
                + "}");
    draft.flag("notVisible", "'clientVisible':false").ask("notVisible", "{}", STATIC);
    draft
        .flag("exact", "'staleness':{'seconds':1,'variant':'on','note':1}")
        .ask("exact", "{}", STATIC);
    return draft;
  }

  private static String members(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add("'m" + i + "':" + i);
    }
    return String.join(",", all);
  }

  private static String variants(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add("'v" + i + "':true");
    }
    return String.join(",", all);
  }

  /** So many conditions one in the other; true. */
  private static String nested(int depth) {
    return "{'all':[".repeat(depth - 1) + "{'all':[]}" + "]}".repeat(depth - 1);
  }

  /** Documents that cannot be used: with a whole envelope, with a broken one, off and on. */
  private static Draft refused() {
    Draft draft =
        byHand("refused", "documents that cannot be used, and what their envelopes still say");
    String condition = "'rules':[{'id':'r','if':%s,'serve':{'variant':'on'}}]";
    List<String> more =
        new ArrayList<>(
            List.of(
                "'default':{}",
                "'default':{'other':1}",
                "'default':null",
                "'default':{'variant':'none'}",
                "'default':{'variant':1}",
                "'default':{'split':null}",
                "'default':{'split':{'shares':[]}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':99999}]}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':100001}]}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':-1},{'variant':'on','weight':100001}]}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':50000.5},{'variant':'on','weight':49999.5}]}}",
                "'default':{'split':{'shares':[{'weight':100000}]}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':100000}],'unit':null}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':100000}],'unit':'$x'}}",
                "'default':{'split':{'shares':[{'variant':'on','weight':100000}],'salt':1}}",
                "'default':{'policy':{'key':'p'}}",
                "'default':{'policy':{'fallback':'on'}}",
                "'default':{'policy':null}",
                "'salt':1",
                "'layer':'nowhere'",
                "'layer':''",
                "'layer':1",
                "'clientVisible':'yes'",
                "'staleness':{'seconds':0,'variant':'on'}",
                "'staleness':{'seconds':1}",
                "'staleness':{'seconds':1.5,'variant':'on'}",
                "'staleness':{'seconds':31536001,'variant':'on'}",
                "'staleness':{'seconds':60,'variant':'x'}",
                "'staleness':60",
                "'metadata':{'a':null}",
                "'metadata':{'a':[]}",
                "'metadata':[]",
                "'metadata':{" + members(101) + "}",
                "'prerequisites':{}",
                "'prerequisites':[{'flag':'nowhere','variants':['on']}]",
                "'prerequisites':[{'flag':'fine','variants':[]}]",
                "'prerequisites':[{'flag':'fine'}]",
                "'prerequisites':[{'flag':'fine','variants':[1]}]",
                "'prerequisites':[{'variants':['on']}]",
                "'prerequisites':['fine']",
                "'prerequisites':[null]",
                "'targets':[{'variant':null,'keys':[]}]",
                "'targets':[{'keys':[]}]",
                "'targets':[{'variant':'on','keys':['']}]",
                "'targets':[{'variant':'on','keys':[1]}]",
                "'targets':[{'variant':'on','keys':['" + "k".repeat(257) + "']}]",
                "'targets':[{'variant':'on','kind':'','keys':[]}]",
                "'targets':[{'variant':'on','kind':'" + "k".repeat(65) + "','keys':[]}]",
                "'targets':[{'variant':'on','keys':'a'}]",
                "'rules':[{'id':'r','serve':{'variant':'on'}},{'id':'r','serve':{'variant':'on'}}]",
                "'rules':[{'serve':{'variant':'on'}}]",
                "'rules':[{'id':'','serve':{'variant':'on'}}]",
                "'rules':[{'id':' r','serve':{'variant':'on'}}]",
                "'rules':[{'id':'r\\u0000','serve':{'variant':'on'}}]",
                "'rules':[{'id':'r'}]",
                "'rules':[{'id':'r','name':1,'serve':{'variant':'on'}}]",
                "'rules':[{'id':'r','from':'2027','serve':{'variant':'on'}}]",
                "'rules':[{'id':'r','from':1,'serve':{'variant':'on'}}]",
                "'rules':[{'id':'r','from':'2027-01-01T00:00:00Z','until':'2027-01-01T00:00:00Z','serve':{'variant':'on'}}]",
                "'rules':'r'"));
    for (String wrong :
        new String[] {
          "{}",
          "{'xor':[]}",
          "[]",
          "'x'",
          "{'all':{}}",
          "{'all':[{}]}",
          "{'any':[1]}",
          "{'not':null}",
          "{'not':[]}",
          "{'segment':null}",
          "{'segment':'nowhere'}",
          "{'segment':''}",
          "{'segment':'brokenSegment'}",
          "{'attribute':null,'op':'present'}",
          "{'attribute':'','op':'present'}",
          "{'attribute':'$x','op':'present'}",
          "{'attribute':'$kinds','op':'present'}",
          "{'attribute':' a','op':'present'}",
          "{'attribute':'a\\u0085','op':'present'}",
          "{'attribute':'" + "a".repeat(257) + "','op':'present'}",
          "{'attribute':'a'}",
          "{'attribute':'a','op':'equals','values':['x']}",
          "{'attribute':'a','op':'IN','values':['x']}",
          "{'attribute':'a','op':'in'}",
          "{'attribute':'a','op':'in','values':[]}",
          "{'attribute':'a','op':'in','values':[null]}",
          "{'attribute':'a','op':'in','values':[['x']]}",
          "{'attribute':'a','op':'in','values':'x'}",
          "{'attribute':'a','op':'lt','values':['1']}",
          "{'attribute':'a','op':'lt','values':[1,2]}",
          "{'attribute':'a','op':'gte','values':[]}",
          "{'attribute':'a','op':'lt','values':[1],'ignoreCase':true}",
          "{'attribute':'a','op':'contains','values':[1]}",
          "{'attribute':'a','op':'contains','values':[]}",
          "{'attribute':'a','op':'present','values':['x']}",
          "{'attribute':'a','op':'present','ignoreCase':true}",
          "{'attribute':'a','op':'semverEq','values':['1.2.3.4']}",
          "{'attribute':'a','op':'semverEq','values':['1','2']}",
          "{'attribute':'a','op':'semverEq','values':[1]}",
          "{'attribute':'a','op':'semverEq','values':['1'],'ignoreCase':true}",
          "{'attribute':'a','op':'before','values':['2027-01-01']}",
          "{'attribute':'a','op':'before','values':[1800000000000]}",
          "{'attribute':'a','op':'after','values':[]}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0.0/33']}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0.0/']}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0/8']}",
          "{'attribute':'a','op':'inCidr','values':['::/129']}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0.0/0008']}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0.0/+8']}",
          "{'attribute':'a','op':'inCidr','values':['/8']}",
          "{'attribute':'a','op':'inCidr','values':['10.0.0.0/8/8']}",
          "{'attribute':'a','op':'inCidr','values':['localhost']}",
          "{'attribute':'a','op':'matches','values':['(']}",
          "{'attribute':'a','op':'matches','values':['a{1001}']}",
          "{'attribute':'a','op':'matches','values':['(?=a)']}",
          "{'attribute':'a','op':'matches','values':['(a)\\\\1']}",
          "{'attribute':'a','op':'matches','values':['[']}",
          "{'attribute':'a','op':'matches','values':['*']}",
          "{'attribute':'a','op':'matches','values':['((a{100}){100}){10}']}",
          "{'attribute':'a','op':'matches','values':['" + "a".repeat(2001) + "']}",
          "{'attribute':'$now','op':'matches','values':['(']}",
          "{'attribute':'a','op':'in','values':['x'],'negate':1}",
          "{'attribute':'a','op':'in','values':['x'],'kind':''}",
          "{'attribute':'a','op':'in','values':['x'],'kind':1}",
          nested(33),
        }) {
      more.add(condition.replace("%s", wrong));
    }
    draft.flag("fine", "").segment("brokenSegment", "'if':{}");
    for (int i = 0; i < more.size(); i++) {
      String members = more.get(i);
      draft.put("on" + i, bare("on" + i, true, members)).ask("on" + i, "{'a':'x'}", PARSE_ERROR);
      draft.put("off" + i, bare("off" + i, false, members)).ask("off" + i, "{'a':'x'}", DISABLED);
    }
    String[] envelopes = {
      "null",
      "[]",
      "{}",
      "{'key':'@','type':'boolean','on':false}",
      "{'key':'@','type':'boolean','on':false,'variants':{}}",
      "{'key':'@','type':'boolean','on':false,'variants':{'on':1}}",
      "{'key':'@','type':'bool','on':false,'variants':{'on':true}}",
      "{'key':'@','on':false,'variants':{'on':true}}",
      "{'key':'@','type':'boolean','variants':{'on':true}}",
      "{'key':'@','type':'boolean','on':null,'variants':{'on':true}}",
      "{'key':'@','type':'boolean','on':'false','variants':{'on':true}}",
      "{'key':'@','type':'boolean','on':false,'variants':{'on':true},'offVariant':'none'}",
      "{'key':'@','type':'boolean','on':false,'variants':{'on':true},'offVariant':1}",
      "{'key':1,'type':'boolean','on':false,'variants':{'on':true}}",
      "{'type':'boolean','on':false,'variants':{'on':true}}",
      "{'key':'@','type':'boolean','on':false,'variants':{' on':true}}",
      "{'key':'@','type':'object','on':false,'variants':{'on':'x'}}",
      "{'key':'@','type':'number','on':false,'variants':{'on':null}}",
      "{'key':'@','type':'boolean','on':false,'variants':{" + variants(201) + "}}",
      "{'key':'@','type':'boolean','on':false,'variants':[true]}",
    };
    for (int i = 0; i < envelopes.length; i++) {
      String key = "envelope" + i;
      draft
          .put(
              key, "{'envelope':" + envelopes[i].replace("@", key) + ",'default':{'variant':null}}")
          .ask(key, "{}", PARSE_ERROR);
    }
    draft.put("empty", "{}").ask("empty", "{}", PARSE_ERROR);
    draft.put("renamed", Draft.document("other", true, "")).ask("renamed", "{}", PARSE_ERROR);
    draft.put("renamedOff", Draft.document("other", false, "")).ask("renamedOff", "{}", DISABLED);
    // References.
    draft
        .flag("self", "'prerequisites':[{'flag':'self','variants':['on']}]")
        .ask("self", "{}", PARSE_ERROR);
    draft
        .flag("a", "'prerequisites':[{'flag':'b','variants':['on']}]")
        .flag("b", "'prerequisites':[{'flag':'c','variants':['on']}]")
        .flag("c", "'prerequisites':[{'flag':'a','variants':['on']}]")
        .flag("behind", "'prerequisites':[{'flag':'a','variants':['on']}]");
    for (String key : new String[] {"a", "b", "c", "behind"}) {
      draft.ask(key, "{}", PARSE_ERROR);
    }
    draft
        .offFlag("cycleOff", "'prerequisites':[{'flag':'cycleOn','variants':['on']}]")
        .flag("cycleOn", "'prerequisites':[{'flag':'cycleOff','variants':['off']}]")
        .flag("onCycleOff", "'prerequisites':[{'flag':'cycleOff','variants':['off']}]," + ANY);
    draft
        .ask("cycleOff", "{}", DISABLED)
        .ask("cycleOn", "{}", PARSE_ERROR)
        .ask("onCycleOff", "{}", Draft.ON);
    draft
        .flag("needsBroken", "'prerequisites':[{'flag':'on0','variants':['on']}]")
        .ask("needsBroken", "{}", PARSE_ERROR);
    draft
        .flag("needsBrokenOff", "'prerequisites':[{'flag':'off0','variants':['off']}]," + ANY)
        .ask("needsBrokenOff", "{}", Draft.ON);
    draft
        .segment("s1", "'if':{'not':{'segment':'s2'}}")
        .segment("s2", "'if':{'any':[{'segment':'s1'}]}")
        .segment("s3", "'if':{'segment':'s1'}");
    draft
        .when("onCircle", "{'segment':'s1'}")
        .when("onCircle3", "{'segment':'s3'}")
        .ask("onCircle", "{}", PARSE_ERROR)
        .ask("onCircle3", "{}", PARSE_ERROR);
    for (String wrong :
        new String[] {
          "{'key':'@','kind':''}",
          "{'key':'@','if':[]}",
          "{'key':'other'}",
          "{'key':'@','included':[1]}",
          "{'key':'@','excluded':{}}",
          "{}"
        }) {
      String key = "seg" + wrong.length();
      draft.segmentDocument(key, Draft.json(wrong.replace("@", key)));
      draft.when(key, "{'segment':'" + key + "'}").ask(key, "{}", PARSE_ERROR);
    }
    int number = 0;
    for (String wrong :
        new String[] {
          "{'key':'other'}",
          "{'key':'@','salt':1}",
          "{'key':'@','unit':null}",
          "{'key':'@','unit':'$x'}",
          "{'key':'@','ranges':[{'flag':'f','rule':'r','from':0,'to':0}]}",
          "{'key':'@','ranges':[{'flag':'f','rule':'r','from':0,'to':100001}]}",
          "{'key':'@','ranges':[{'flag':'f','rule':'r','from':-1,'to':1}]}",
          "{'key':'@','ranges':[{'flag':'f','from':0,'to':1}]}",
          "{'key':'@','ranges':[{'flag':'f','rule':'r','from':0,'to':2},{'flag':'g','rule':'r','from':1,'to':3}]}",
          "{'key':'@','ranges':{}}"
        }) {
      String key = "layer" + number++;
      draft.layerDocument(key, Draft.json(wrong.replace("@", key)));
      draft.flag(key, "'layer':'" + key + "'").ask(key, "{}", PARSE_ERROR);
    }
    return draft;
  }

  private static String bare(String key, boolean on, String more) {
    return Draft.document(key, on, more);
  }

  /** A second state, after one in which all could be used. */
  private static Draft earlier() {
    Draft draft =
        byHand(
            "earlier",
            "what was usable before goes on, and says STALE; off is obeyed from the envelope");
    Draft before = draft.earlier();
    before
        .segment("s", "'included':['u']")
        .segment("outer", "'if':{'segment':'s'}")
        .segment("fine", "'included':['u']");
    before.layer("l", "'ranges':[{'flag':'inLayer','rule':'r','from':0,'to':100000}]");
    draft.segmentDocument("s", Draft.json("{'key':'s','if':{'future':1}}"));
    draft.segment("outer", "'if':{'segment':'s'}").segment("fine", "'included':['v']");
    draft.layerDocument("l", Draft.json("{'key':'l','ranges':1}"));
    for (Draft one : new Draft[] {before, draft}) {
      one.flag("bySegment", RU1)
          .flag("byOuter", RU1.replace("'s'", "'outer'"))
          .flag("inLayer", "'layer':'l'," + ANY);
      one.flag("byFine", RU1.replace("'s'", "'fine'"));
      one.flag("needsStale", "'prerequisites':[{'flag':'bySegment','variants':['on']}]," + ANY);
      one.flag(
          "splitOfStale",
          RU1.replace(
              "{'variant':'on'}",
              "{'split':{'shares':[{'variant':'on','weight':100000}],'unit':'x'}}"));
    }
    String stale = "{'value':true,'variant':'on','reason':'STALE','ruleId':'r'}";
    String staleOff = "{'value':false,'variant':'off','reason':'STALE'}";
    String u = "{'targetingKey':'u'}";
    draft.ask("bySegment", u, stale).ask("bySegment", "{}", staleOff).ask("byOuter", u, stale);
    draft.ask(
        "inLayer",
        u,
        "{'value':true,'variant':'on','reason':'STALE','ruleId':'r','bucket':"
            + Naive.bucket("l", "u")
            + "}");
    draft.ask("byFine", u, Draft.OFF).ask("byFine", "{'targetingKey':'v'}", Draft.ON);
    draft.ask("needsStale", u, Draft.ON).ask("needsStale", "{}", FAILED);
    draft.ask(
        "splitOfStale", u, "{'reason':'ERROR','errorCode':'TARGETING_KEY_MISSING','ruleId':'r'}");
    draft.ask(
        "splitOfStale",
        "{'targetingKey':'u','x':'y'}",
        "{'value':true,'variant':'on','reason':'STALE','ruleId':'r','bucket':"
            + Naive.bucket("splitOfStale", "y")
            + "}");

    before.flag("wasOn", ANY);
    draft
        .put("wasOn", Draft.document("wasOn", true, "'default':{'future':1}"))
        .ask("wasOn", "{}", stale);
    before.flag("nowOff", ANY);
    draft
        .put("nowOff", Draft.document("nowOff", false, "'default':{'future':1}"))
        .ask("nowOff", "{}", DISABLED);
    before.offFlag("wasOff", ANY);
    draft
        .put("wasOff", Draft.document("wasOff", true, "'default':{'future':1}"))
        .ask("wasOff", "{}", staleOff);
    before.flag("noEnvelope", ANY);
    draft.put("noEnvelope", "{'envelope':{'on':false}}").ask("noEnvelope", "{}", stale);
    before.flag("byNew", RU1.replace("'s'", "'fine'"));
    draft.put("byNew", Draft.document("byNew", true, "'default':{'future':1}"));
    draft.ask("byNew", "{'targetingKey':'v'}", stale).ask("byNew", u, staleOff);
    before.flag("gone", ANY);
    draft.ask("gone", "{}", "{'reason':'ERROR','errorCode':'FLAG_NOT_FOUND'}");
    draft
        .put("never", Draft.document("never", true, "'default':{'future':1}"))
        .ask("never", "{}", PARSE_ERROR);
    before.put("repaired", Draft.document("repaired", true, "'default':{'future':1}"));
    draft.flag("repaired", ANY).ask("repaired", "{}", Draft.ON);
    // What it referred to is gone: it goes on with what it was linked to.
    before.segment("lost", "'included':['u']").flag("byLost", RU1.replace("'s'", "'lost'"));
    draft
        .flag("byLost", RU1.replace("'s'", "'lost'"))
        .ask("byLost", u, stale)
        .ask("byLost", "{}", staleOff);
    before
        .flag("first", ANY)
        .flag("second", "'prerequisites':[{'flag':'first','variants':['on']}]," + ANY);
    draft.flag("first", "'prerequisites':[{'flag':'second','variants':['on']}]," + ANY);
    draft.flag("second", "'prerequisites':[{'flag':'first','variants':['on']}]," + ANY);
    draft.ask("first", "{}", stale).ask("second", "{}", stale);
    before
        .flag("lostFlag", ANY)
        .flag("needsLost", "'prerequisites':[{'flag':'lostFlag','variants':['on']}]," + ANY);
    draft
        .flag("needsLost", "'prerequisites':[{'flag':'lostFlag','variants':['on']}]," + ANY)
        .ask("needsLost", "{}", stale);
    return draft;
  }

  private static Draft limits() {
    Draft draft = byHand("limits", "depth 50, cost 100,000");
    draft.flag("p1", ANY);
    for (int i = 2; i <= 52; i++) {
      draft.flag("p" + i, "'prerequisites':[{'flag':'p" + (i - 1) + "','variants':['on']}]," + ANY);
    }
    draft
        .ask("p49", "{}", Draft.ON)
        .ask("p50", "{}", Draft.ON)
        .ask("p51", "{}", PARSE_ERROR)
        .ask("p52", "{}", PARSE_ERROR);
    draft.segment("s1", "'if':{'all':[]}");
    for (int i = 2; i <= 51; i++) {
      draft.segment("s" + i, "'if':{'segment':'s" + (i - 1) + "'}");
    }
    for (int i : new int[] {48, 49, 50, 51}) {
      draft
          .when("f" + i, "{'segment':'s" + i + "'}")
          .ask("f" + i, "{}", i < 50 ? Draft.ON : PARSE_ERROR);
    }
    draft
        .flag(
            "both",
            "'prerequisites':[{'flag':'p9','variants':['on']}]," + RU1.replace("'s'", "'s40'"))
        .ask("both", "{}", Draft.ON);
    draft
        .flag(
            "bothMore",
            "'prerequisites':[{'flag':'p10','variants':['on']}]," + RU1.replace("'s'", "'s40'"))
        .ask("bothMore", "{}", PARSE_ERROR);
    // Each flag requires the one before it twice: 1 + 2 times its cost + 1 for the rule.
    draft.flag("c0", ANY);
    long cost = 2;
    for (int i = 1; i <= 16; i++) {
      String need = "{'flag':'c" + (i - 1) + "','variants':['on']}";
      draft.flag("c" + i, "'prerequisites':[" + need + "," + need + "]," + ANY);
      cost = 2 + 2 * cost;
      if (i > 12) {
        draft.ask("c" + i, "{}", cost <= 100_000 ? Draft.ON : PARSE_ERROR);
      }
    }
    // A segment of exactly 1,000; a hundred of them make 100,000 with what is around them.
    List<String> tests = new ArrayList<>();
    for (int i = 0; i < 998; i++) {
      tests.add("{'any':[]}");
    }
    draft.segment("k", "'if':{'any':[" + String.join(",", tests) + "]}");
    for (int rest : new int[] {995, 996}) {
      List<String> parts = new ArrayList<>();
      for (int i = 0; i < 99; i++) {
        parts.add("{'segment':'k','negate':true}");
      }
      List<String> few = tests.subList(0, rest);
      draft.when(
          "cost" + rest,
          "{'all':["
              + String.join(",", parts)
              + ",{'not':{'any':["
              + String.join(",", few)
              + "]}}]}");
      // 1 + 1 of the flag and its rule, 1 of all, 99,000, 2 of not and any.
      draft.ask("cost" + rest, "{}", 2 + 1 + 99_000 + 2 + rest <= 100_000 ? Draft.ON : PARSE_ERROR);
    }
    return draft;
  }

  private static Draft contexts() {
    Draft draft = byHand("contexts", "what is no context, and odd ones that are");
    draft.flag("f", ANY).offFlag("off", "");
    String invalid = "{'reason':'ERROR','errorCode':'INVALID_CONTEXT'}";
    String[] wrong = {
      "null",
      "[]",
      "'u'",
      "1",
      "{'targetingKey':1}",
      "{'targetingKey':true}",
      "{'targetingKey':[]}",
      "{'$kinds':[]}",
      "{'$kinds':'o'}",
      "{'$kinds':{'user':{}}}",
      "{'$kinds':{'user':null}}",
      "{'$kinds':{'':{}}}",
      "{'$kinds':{'" + "k".repeat(65) + "':{}}}",
      "{'$kinds':{'o':1}}",
      "{'$kinds':{'o':[]}}",
      "{'$kinds':{'o':{'targetingKey':1}}}",
      "{'a':" + "[".repeat(65) + "]".repeat(65) + "}",
      "{'$kinds':{'o':{'a':" + "{'a':".repeat(65) + "1" + "}".repeat(65) + "}}}",
    };
    for (String context : wrong) {
      draft
          .ask("f", context, invalid)
          .ask("off", context, invalid)
          .ask("nothing", context, invalid);
    }
    String[] right = {
      "{}",
      "{'targetingKey':null}",
      "{'$kinds':null}",
      "{'$kinds':{'o':null}}",
      "{'$kinds':{'" + "k".repeat(64) + "':{}}}",
      "{'':1}",
      "{'$kinds':{' ':{}}}",
      "{'a':" + "[".repeat(64) + "1" + "]".repeat(64) + "}",
      "{'user':{'targetingKey':1}}",
      "{'$kinds':{'o':{'$kinds':1}}}",
    };
    for (String context : right) {
      draft.ask("f", context, Draft.ON).ask("off", context, DISABLED);
    }
    return draft;
  }

  private static Draft byHand(String name, String about) {
    return new Draft(name, Draft.BY_HAND, about);
  }
}
