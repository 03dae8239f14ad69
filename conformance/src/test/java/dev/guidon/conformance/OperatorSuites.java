package dev.guidon.conformance;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Suites of single tests: every operator, every type, the edges of each. */
final class OperatorSuites {
  /** Every operator with values of every type that it takes. */
  private static final String[] TESTS = {
    "'op':'in','values':['x','DE']",
    "'op':'in','values':[1,2.5]",
    "'op':'in','values':[true]",
    "'op':'in','values':['1',0,false]",
    "'op':'in','values':['de'],'ignoreCase':true",
    "'op':'lt','values':[1]",
    "'op':'lte','values':[1]",
    "'op':'gt','values':[1]",
    "'op':'gte','values':[1]",
    "'op':'contains','values':['e','.0']",
    "'op':'contains','values':['e'],'ignoreCase':true",
    "'op':'startsWith','values':['1','D']",
    "'op':'startsWith','values':['d'],'ignoreCase':true",
    "'op':'endsWith','values':['0','E']",
    "'op':'endsWith','values':['e'],'ignoreCase':true",
    "'op':'matches','values':['^[a-z]+$','^1']",
    "'op':'matches','values':['^[a-z]+$'],'ignoreCase':true",
    "'op':'semverEq','values':['1.2.0']",
    "'op':'semverLt','values':['1.2.0']",
    "'op':'semverLte','values':['1.2.0']",
    "'op':'semverGt','values':['1.2.0']",
    "'op':'semverGte','values':['1.2.0']",
    "'op':'before','values':['2026-01-01T00:00:00Z']",
    "'op':'after','values':['2026-01-01T00:00:00Z']",
    "'op':'inCidr','values':['10.0.0.0/8']",
    "'op':'present'",
  };

  /** Attributes of every type; what is not JSON stands for an absent attribute. */
  private static final String[] ATTRIBUTES = {
    "",
    "null",
    "''",
    "'x'",
    "'DE'",
    "'de'",
    "'1'",
    "'true'",
    "'1.2.0'",
    "'v1.2'",
    "'1.2.0-beta'",
    "'10.0.0.1'",
    "'11.0.0.1'",
    "'2026-01-01T00:00:00Z'",
    "'2025-12-31T23:59:59.999999Z'",
    "0",
    "-0.0",
    "1",
    "1.5",
    "2.5",
    "-1",
    "1e21",
    "9007199254740991",
    "1767225600000",
    "1767225599999",
    "true",
    "false",
    "[]",
    "[null]",
    "['DE']",
    "['x',1]",
    "[1]",
    "[2,0.5]",
    "[true]",
    "[['DE']]",
    "[[1],{}]",
    "[null,'DE']",
    "[{'a':'DE'}]",
    "['1.2.0']",
    "['1.1.0','1.3.0']",
    "['10.0.0.1']",
    "['2026-01-01T00:00:00Z']",
    "{}",
    "{'a':'DE'}",
    "{'0':'DE'}",
  };

  private OperatorSuites() {}

  /** Its answers are the reference's: see {@link VectorsTest}. */
  static Draft types() {
    Draft draft =
        new Draft(
            "types",
            VectorsTest.BY_REFERENCE,
            "every operator with values of every type it takes, on attributes of every type, plain"
                + " and negated");
    for (int i = 0; i < TESTS.length; i++) {
      draft.when("t" + i, "{'attribute':'a'," + TESTS[i] + "}");
      draft.when("t" + i + "n", "{'attribute':'a'," + TESTS[i] + ",'negate':true}");
      for (String attribute : ATTRIBUTES) {
        String context = attribute.isEmpty() ? "{}" : "{'a':" + attribute + "}";
        draft.ask("t" + i, context, Draft.OFF).ask("t" + i + "n", context, Draft.OFF);
      }
    }
    return draft;
  }

  /** Many rules that look at the same attributes; the first that matches serves. */
  static Draft manyRules() {
    Draft draft =
        new Draft(
            "many-rules",
            VectorsTest.BY_REFERENCE,
            "flags of many rules on few attributes, overlapping: the first that matches serves");
    Random random = new Random(20261123);
    for (int f = 0; f < 12; f++) {
      List<String> rules = new ArrayList<>();
      for (int r = 0; r < 20 + 15 * f; r++) {
        String condition = manyTest(random, f % 4);
        if (random.nextInt(6) == 0) {
          condition = "{'all':[" + condition + "," + manyTest(random, f % 4) + "]}";
        }
        String serve = random.nextInt(4) == 0 ? "null" : random.nextBoolean() ? "'on'" : "'off'";
        rules.add("{'id':'r" + r + "','if':" + condition + ",'serve':{'variant':" + serve + "}}");
      }
      draft.flag("f" + f, "'rules':[" + String.join(",", rules) + "]");
      for (int i = 0; i < 60; i++) {
        draft.ask("f" + f, manyContext(random), Draft.OFF);
      }
    }
    return draft;
  }

  /** At mixture 0 all rules are alike, and then ever less. */
  private static String manyTest(Random random, int mixture) {
    String attribute = mixture > 0 && random.nextInt(3) == 0 ? "b" : "a";
    String negate = mixture > 1 && random.nextInt(8) == 0 ? ",'negate':true" : "";
    String test =
        switch (random.nextInt(mixture > 2 ? 6 : mixture > 0 ? 3 : 1)) {
          case 1 ->
              "'op':'in','values':[" + random.nextInt(300) + ",'k" + random.nextInt(300) + "']";
          case 2 -> "'op':'in','values':[true,'K" + random.nextInt(300) + "'],'ignoreCase':true";
          case 3 -> "'op':'startsWith','values':['k" + random.nextInt(300) + "']";
          case 4 -> "'op':'lt','values':[" + random.nextInt(10) + "]";
          case 5 -> "'op':'present'";
          default ->
              "'op':'in','values':['k" + random.nextInt(300) + "','k" + random.nextInt(300) + "']";
        };
    return "{'attribute':'" + attribute + "'," + test + negate + "}";
  }

  private static String manyContext(Random random) {
    String[] values = {
      "'k" + random.nextInt(300) + "'",
      "'K" + random.nextInt(300) + "'",
      String.valueOf(random.nextInt(300)),
      "true",
      "null",
      "['k" + random.nextInt(300) + "','k" + random.nextInt(300) + "'," + random.nextInt(9) + "]"
    };
    String a = values[random.nextInt(3) == 0 ? random.nextInt(values.length) : 0];
    return "{'a':" + a + ",'b':" + values[random.nextInt(values.length)] + "}";
  }

  static List<Draft> all() {
    return List.of(
        numbers(),
        equality(),
        strings(),
        folding(),
        foldingOfAll(),
        patterns(),
        versions(),
        instants(),
        addresses(),
        present(),
        pointers());
  }

  private static Draft numbers() {
    return byHand("numbers", "order and equality of numbers at the edges of doubles")
        .table("'op':'lt','values':[0]", "[-5e-324,-1,-1e308]", "[0,-0.0,5e-324,1]")
        .table("'op':'lte','values':[0]", "[0,-0.0,-1]", "[5e-324,1,'0',false]")
        .table("'op':'gt','values':[0]", "[5e-324,1.7976931348623157e308]", "[0,-0.0,-5e-324]")
        .table("'op':'gte','values':[-0.0]", "[0,-0.0,5e-324]", "[-5e-324]")
        .table("'op':'gt','values':[9007199254740992]", "[9007199254740994]", "[9007199254740993]")
        .table("'op':'in','values':[9007199254740992]", "[9007199254740993]", "[9007199254740991]")
        .table("'op':'lt','values':[1e21]", "[999999999999999900000]", "[1e21,1e22,'1']")
        .table("'op':'gte','values':[0.3]", "[0.3,0.30000000000000004]", "[0.29999999999999993]")
        .table("'op':'in','values':[0.3]", "[0.3,0.30,3e-1]", "[0.30000000000000004]")
        .table("'op':'in','values':[100]", "[100,1e2,100.0]", "['100',100.5]")
        .table("'op':'in','values':[0]", "[0,-0.0,0e10]", "['',false,'0',[],{}]")
        .table("'op':'in','values':[1.7976931348623157e308]", "[1.7976931348623157e308]", "[1e308]")
        .table("'op':'lt','values':[1.7976931348623157e308]", "[-1.7976931348623157e308]", "[]")
        .table("'op':'gt','values':[1]", "[[0,2],[1,1.5]]", "[[],[0,1],[[2]],[{'x':2}],['2'],{}]");
  }

  private static Draft equality() {
    Draft draft = byHand("equality", "in: equal only within a type, code unit by code unit");
    draft
        .table("'op':'in','values':['']", "['',['','x']]", "[0,false,[],' ',null]")
        .table("'op':'in','values':['true',false]", "['true',false]", "[true,'false',0]")
        .table("'op':'in','values':['a','b',1,2,true]", "['a','b',1,2,true,['z','b']]", "['A','c']")
        .table("'op':'in','values':['\u00e9']", "['\u00e9']", "['e\u0301','\u00c9','e']")
        .table("'op':'in','values':['\ud83d\ude00']", "['\ud83d\ude00']", "['\ud83d\ude01','?']")
        .table("'op':'in','values':['Aa','C#']", "['Aa','C#']", "['BB','Bb']")
        .table("'op':'in','values':['a','a']", "['a']", "['aa']")
        .table("'op':'in','values':['a\\u0000']", "['a\\u0000']", "['a']");
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(i % 2 == 0 ? "'k" + i + "'" : String.valueOf(i));
    }
    return draft.table(
        "'op':'in','values':[" + String.join(",", many) + "]",
        "['k0','k998',1,999,[[],'k500']]",
        "['k1',0,'999','k1000']");
  }

  private static Draft strings() {
    Draft draft =
        byHand("strings", "contains, startsWith, endsWith: the empty string, Unicode, case")
            .table("'op':'contains','values':['']", "['','x',['']]", "[0,[],{},null]")
            .table("'op':'startsWith','values':['']", "['','x']", "[1,true]")
            .table("'op':'endsWith','values':['']", "['','x']", "[1,true]")
            .table(
                "'op':'contains','values':['ab','cd']", "['ab','xaby','cd']", "['a','ba','acbd']")
            .table("'op':'startsWith','values':['ab']", "['ab','abc']", "['a','xab','Ab']")
            .table("'op':'endsWith','values':['ab']", "['ab','cab']", "['b','abx','aB']")
            .table("'op':'contains','values':['aab']", "['aaab','aab']", "['aba','ab']")
            .table(
                "'op':'contains','values':['\ud83d\ude00']",
                "['x\ud83d\ude00y']",
                "['\ud83d\ude01']")
            .table("'op':'contains','values':['\u0301']", "['e\u0301']", "['\u00e9']")
            .table("'op':'endsWith','values':['\u0301']", "['e\u0301']", "['\u00e9']")
            .table("'op':'startsWith','values':['e']", "['e\u0301']", "['\u00e9']")
            .table("'op':'contains','values':['1']", "['1','x1',['1']]", "[1,[1],true]")
            .table(
                "'op':'contains','values':['aB'],'ignoreCase':true",
                "['AB','xAby','\u0131AB']",
                "['a b','A']")
            .table(
                "'op':'startsWith','values':['STRA\u1e9e'],'ignoreCase':true",
                "['stra\u00dfe']",
                "['strasse']")
            .table(
                "'op':'endsWith','values':['\u03a3'],'ignoreCase':true",
                "['\u03bf\u03c2','\u03c3']",
                "['s']")
            .table(
                "'op':'endsWith','values':['longer'],'ignoreCase':true",
                "['LONGER']",
                "['nger','']")
            .table("'op':'contains','values':[''],'ignoreCase':true", "['','x']", "[0]");
    // A surrogate without its partner is a character like others.
    draft.when("lone", "{'attribute':'a','op':'contains','values':['\ud83d\ude00']}");
    Json lone = Draft.json("{'a':{'$utf16':[55357]}}");
    Json pair = Draft.json("{'a':{'$utf16':[56832,55357,56832]}}");
    draft.ask("lone", lone, Draft.json(Draft.OFF), "");
    return draft.ask("lone", pair, Draft.json(Draft.ON), "");
  }

  private static Draft folding() {
    return byHand(
            "case-folding", "ignoreCase: one code unit at a time, simple mappings, no language")
        .table(
            "'op':'in','values':['Stra\u00dfe'],'ignoreCase':true",
            "['STRA\u1e9eE','stra\u00dfe']",
            "['strasse','STRASSE']")
        .table(
            "'op':'in','values':['i'],'ignoreCase':true",
            "['I','i','\u0130','\u0131']",
            "['i\u0307','l','\u00ec']")
        .table("'op':'in','values':['\u0130'],'ignoreCase':true", "['i','I']", "['i\u0307']")
        .table("'op':'in','values':['K'],'ignoreCase':true", "['k','\u212a']", "['\u03ba']")
        .table("'op':'in','values':['s'],'ignoreCase':true", "['S','\u017f']", "['\u00df']")
        .table(
            "'op':'in','values':['\u00b5'],'ignoreCase':true", "['\u03bc','\u039c']", "['u','m']")
        .table("'op':'in','values':['\u03c3'],'ignoreCase':true", "['\u03a3','\u03c2']", "['s']")
        .table("'op':'in','values':['\u2126'],'ignoreCase':true", "['\u03c9','\u03a9']", "['o']")
        .table(
            "'op':'in','values':['\u00c5'],'ignoreCase':true",
            "['\u00e5','\u212b']",
            "['a','A\u030a']")
        .table("'op':'in','values':['\ufb00'],'ignoreCase':true", "['\ufb00']", "['ff','FF']")
        .table(
            "'op':'in','values':['\u01c4'],'ignoreCase':true", "['\u01c5','\u01c6']", "['d\u017e']")
        .table(
            "'op':'in','values':['\u1fb3'],'ignoreCase':true",
            "['\u1fbc']",
            "['\u03b1\u03b9','\u0391\u0399']")
        .table("'op':'in','values':['\u10d0'],'ignoreCase':true", "['\u1c90']", "['\u10a0']")
        .table("'op':'in','values':['\uab70'],'ignoreCase':true", "['\u13a0']", "['\u13a1']")
        .table(
            "'op':'in','values':['\ud801\udc00'],'ignoreCase':true",
            "['\ud801\udc00']",
            "['\ud801\udc28']")
        .table("'op':'in','values':['\u1c8a'],'ignoreCase':true", "['\u1c8a']", "['\u1c89']")
        .table(
            "'op':'in','values':['\ua7cb','\ua7da','\u2c2f'],'ignoreCase':true",
            "['\ua7cb','\ua7da']",
            "['\u0264','\ua7db','\u2c5f']")
        .table(
            "'op':'in','values':['\ua7d1','\ua7c1'],'ignoreCase':true",
            "['\ua7d1']",
            "['\ua7d0','\ua7c0']")
        .table(
            "'op':'in','values':['\ua7ca','\ua7f6'],'ignoreCase':true",
            "['\ua7c9','\ua7f5']",
            "['\ua7c8']")
        .table(
            "'op':'in','values':['AB',1,true],'ignoreCase':true",
            "['ab','Ab',1,true]",
            "['TRUE','a','abc']");
  }

  /** 1,024 code units at a time: each is its folded self without case, and itself with case. */
  private static Draft foldingOfAll() {
    Draft draft =
        new Draft(
            "case-folding-all",
            "every code unit but surrogates, folded by the JDK's tables of Unicode 13.0; a test"
                + " holds their SHA-256 against the page's",
            "ignoreCase over the whole basic plane");
    for (int start = 0; start < 0x10000; start += 1024) {
      if (start >= 0xD800 && start < 0xE000) {
        continue;
      }
      StringBuilder plain = new StringBuilder();
      StringBuilder folded = new StringBuilder();
      for (int c = start; c < start + 1024; c++) {
        plain.append((char) c);
        folded.append(Naive.fold((char) c));
      }
      String key = String.format("u%04x", start);
      Json values = Json.arr(Json.of(folded.toString()));
      draft.put(key, test(key, values, true)).put(key + "c", test(key + "c", values, false));
      Json context = Json.Obj.of("a", Json.of(plain.toString()));
      boolean isFolded = plain.toString().contentEquals(folded);
      draft.ask(key, context, Draft.json(Draft.ON), "");
      draft.ask(key + "c", context, Draft.json(isFolded ? Draft.ON : Draft.OFF), "");
    }
    return draft;
  }

  private static Json test(String key, Json values, boolean ignoreCase) {
    Json.Obj flag = (Json.Obj) Draft.json(Draft.document(key, true, ""));
    Json.Obj condition =
        Json.Obj.builder()
            .put("attribute", "a")
            .put("op", "in")
            .put("values", values)
            .put("ignoreCase", ignoreCase)
            .build();
    Json.Obj rule =
        Json.Obj.builder()
            .put("id", "r")
            .put("if", condition)
            .put("serve", Draft.json("{'variant':'on'}"))
            .build();
    return flag.with("rules", Json.arr(rule));
  }

  private static Draft patterns() {
    return byHand("patterns", "matches: RE2, found anywhere, in the part that all engines share")
        .table("'op':'matches','values':['b']", "['abc','b',['x','b']]", "['B','',1]")
        .table("'op':'matches','values':['^b$']", "['b']", "['ab','b\\n','a\\nb','B']")
        .table("'op':'matches','values':['']", "['','x']", "[1,[]]")
        .table("'op':'matches','values':['^$']", "['']", "['x','\\n']")
        .table(
            "'op':'matches','values':['^.$']",
            "['x','\ud83d\ude00','\u00e9']",
            "['\\n','e\u0301','']")
        .table("'op':'matches','values':['a.b']", "['a-b','a\\rb']", "['a\\nb','ab']")
        .table("'op':'matches','values':['(?s)a.b']", "['a\\nb']", "['ab']")
        .table("'op':'matches','values':['(?m)^b$']", "['a\\nb']", "['ab']")
        .table("'op':'matches','values':['(?i)straSSe']", "['STRASSE']", "['stra\u00dfe']")
        .table("'op':'matches','values':['k'],'ignoreCase':true", "['K','\u212a']", "['\u03ba']")
        .table("'op':'matches','values':['^[^a-z]+$'],'ignoreCase':true", "['1-2']", "['A','a']")
        .table("'op':'matches','values':['^\\\\d+$']", "['0123']", "['\u0663','']")
        .table("'op':'matches','values':['^\\\\w+$']", "['aZ_9']", "['\u00e9','a-b']")
        .table("'op':'matches','values':['^\\\\s$']", "[' ','\\t','\\n']", "['\u00a0','\\u000b']")
        .table(
            "'op':'matches','values':['\\\\bcat\\\\b']", "['a cat','cat','\u00e9cat']", "['cats']")
        .table("'op':'matches','values':['^(a|bc){2,3}$']", "['abc','aaa','bcbc']", "['a','aaaa']")
        .table("'op':'matches','values':['^a{1000}$']", "[]", "['a','aa']")
        .table("'op':'matches','values':['x','^y']", "['ax','yb']", "['by']")
        .table(
            "'op':'matches','values':['\\\\.example\\\\.(com|org)$']",
            "['a.example.org']",
            "['a.example.orgs']")
        .table("'op':'matches','values':['^(?:[a-z]+\\\\.)*[a-z]+$']", "['a.b','a']", "['a.','.a']")
        .table("'op':'matches','values':['^[[:alpha:]]+$']", "['abC']", "['a1','\u00e9']")
        .table("'op':'matches','values':['\\\\Aab\\\\z']", "['ab']", "['ab\\n','xab']")
        .table("'op':'matches','values':['^\\\\x{1F600}$']", "['\ud83d\ude00']", "['x']");
  }

  private static Draft versions() {
    return byHand("versions", "what a version is, and their order")
        .table(
            "'op':'semverEq','values':['1.0.0']",
            "['1.0.0','v1.0.0','V1','1','1.0','1.0.0+b','1+001','1.0+a-b.c']",
            "['1.0.0-0','01','1.','1..0','.1','1.0.0.0','1.0.0-','1.0.0+','v','vv1','1.0.0 ',' 1',1,'+1','-1','1.0.0+a+b','1.0.0+\u00e9','\u0661','1,0']")
        .table(
            "'op':'semverLt','values':['1.0.0']",
            "['0.9.9','1.0.0-rc.1','1-0','1.0-alpha','0','0.0.0-0','0.999999999999999999.0']",
            "['1.0.0','1.0.1','1.0.0-01','1.0.0-a..b','1.0.0-a_b','1.0.0-\u00e9','']")
        .table(
            "'op':'semverGt','values':['1.0.0-rc.9']",
            "['1.0.0-rc.10','1.0.0','1.0.0-rc.a','1.0.0-rc.9.0','1.0.0-rca','1.0.0-rc-1','1.0.0-s']",
            "['1.0.0-rc.9','1.0.0-rc','1.0.0-rc.8','1.0.0-99','1.0.0-RC.10','1.0.0-rc.9+z']")
        .table(
            "'op':'semverLte','values':['1.0.0-alpha.beta']",
            "['1.0.0-alpha.beta','1.0.0-alpha.1','1.0.0-alpha','1.0.0-1']",
            "['1.0.0-beta','1.0.0']")
        .table(
            "'op':'semverGte','values':['1.2']",
            "['1.2.0','v1.2','1.10','2','1.2.0+x',['1.0','1.3']]",
            "['1.2.0-z','1.1.99',1.2,['1.1',2]]")
        .table(
            "'op':'semverGte','values':['9223372036854775807.0.0']",
            "['9223372036854775807.0.0','9223372036854775807.1']",
            "['9223372036854775806.9.9','9223372036854775808','10000000000000000000']")
        .table(
            "'op':'semverGt','values':['1.0.0-18446744073709551615']",
            "['1.0.0-18446744073709551616','1.0.0-100000000000000000000','1.0.0-a']",
            "['1.0.0-9','1.0.0-18446744073709551614']")
        .table(
            "'op':'semverGt','values':['2']",
            "['9223372036854775807.0.0','1000000000000000000','2.9223372036854775807','2.0.1048577']",
            "['9223372036854775808','99999999999999999999','18446744073709551619','1.9223372036854775807']")
        .table(
            "'op':'semverEq','values':['v1.2-x+y']",
            "['1.2.0-x','V1.2.0-x+z']",
            "['1.2.0-X','1.2-x.0']")
        .table(
            "'op':'semverLt','values':['2']",
            "['1.0.0+" + "a".repeat(250) + "']",
            "['1.0.0+" + "a".repeat(251) + "']");
  }

  private static Draft instants() {
    return byHand("instants", "what an instant is, to the microsecond, and $now")
        .table(
            "'op':'before','values':['2026-01-01T00:00:00Z']",
            "['2025-12-31T23:59:59.999999Z','2025-12-31T23:59:59.9999999999Z','2026-01-01T00:00:00+00:01','2026-01-01t00:59:59.9+01:00','0001-01-01T00:00:00Z',1767225599999,1767225599999.999,0,-1,-1e300,-62135596800001,'2024-02-29T00:00:00z']",
            "['2026-01-01T00:00:00Z',1767225600000,1e300,'2026-01-01T00:00:00-00:01','2025','2025-12-31','2025-12-31T00:00:00','2025-12-31 00:00:00Z','2025-12-31T00:00Z','2025-12-31T00:00+00:00','2025-12-31T24:00:00Z','2025-12-31T23:59:60Z','2025-02-29T00:00:00Z','2025-00-01T00:00:00Z','2025-01-00T00:00:00Z','2025-13-01T00:00:00Z','2025-04-31T00:00:00Z','2025-1-01T00:00:00Z','2025-12-31T00:00:00.Z','2025-12-31T00:00:00,5Z','2025-12-31T00:00:00+0100','2025-12-31T00:00:00+01','2025-12-31T00:00:00+24:00','2025-12-31T00:00:00+01:60','2025-12-31T00:00:00+01:00:30','2025-12-31T00:00:00','2025-12-31T00:00:00 Z','+2025-12-31T00:00:00Z','-0001-12-31T00:00:00Z','0000-12-31T23:59:59Z','\u0662\u0660\u0662\u0665-12-31T00:00:00Z','1767225599999',true,[],{},'']")
        .table(
            "'op':'after','values':['2026-01-01T00:00:00.000001Z']",
            "['2026-01-01T00:00:00.000001Z','2026-01-01T00:00:00.0000019Z','2026-01-01T01:00:00.000001+01:00','9999-12-31T23:59:59.999999Z',1767225600000.001,1767225600001,1e300]",
            "['2026-01-01T00:00:00Z','2026-01-01T00:00:00.0000009Z',1767225600000,-1e300,'+10000-01-01T00:00:00+18:00','10000-01-01T00:00:00Z','9999-12-31T23:59:59-00:01']")
        .table(
            "'op':'after','values':['1970-01-01T00:00:00.00029Z']",
            "[0.29,0.3,1]",
            "[0.289,0,-0.0]")
        .table(
            "'op':'before','values':['1970-01-01T00:00:00Z']",
            "[-0.0001,-1,'1969-12-31T23:59:59.999999Z']",
            "[0,-0.0,1e-9]")
        .table(
            "'op':'before','values':['1900-03-01T00:00:00Z']",
            "['1900-02-28T23:59:59Z']",
            "['1900-02-29T00:00:00Z']")
        .table(
            "'op':'after','values':['2026-01-01T00:00:00+23:59']",
            "['2025-12-31T00:01:00Z','2025-12-31T23:59:00+23:58',['x',1767225600000]]",
            "['2025-12-31T00:00:59Z']")
        .table(
            "'op':'after','values':['2026-01-01T00:00:00-00:00']",
            "['2026-01-01T00:00:00Z','2026-01-01T00:00:00." + "0".repeat(19) + "Z']",
            "['2026-01-01T00:00:00." + "0".repeat(20) + "Z']");
  }

  private static Draft addresses() {
    return byHand("addresses", "IPv4, IPv6, what is mapped, and what is none")
        .table(
            "'op':'inCidr','values':['10.0.0.0/8']",
            "['10.0.0.0','10.255.255.255','::ffff:10.0.0.1','::FFFF:0a00:0001',['x','10.1.1.1']]",
            "['9.255.255.255','11.0.0.0','::10.0.0.1','10.0.0','10.0.0.0.0','10.0.0.256','010.0.0.1','10.0.0.01','10.0.0.1/32','10.0.0.1 ',' 10.0.0.1','10.0.0.','.10.0.0','10..0.1','10.0.0.-1','0x0a.0.0.1','167772161',167772161,'\u0661\u0660.0.0.1','','localhost',true,{}]")
        .table("'op':'inCidr','values':['10.1.2.3/8']", "['10.9.9.9']", "['11.1.2.3']")
        .table(
            "'op':'inCidr','values':['0.0.0.0/0']",
            "['0.0.0.0','255.255.255.255','::ffff:1.2.3.4']",
            "['::','2001:db8::1','::1.2.3.4']")
        .table("'op':'inCidr','values':['::/0']", "['::','ffff::','1.2.3.4']", "['x']")
        .table("'op':'inCidr','values':['1.2.3.4']", "['1.2.3.4','::ffff:102:304']", "['1.2.3.5']")
        .table(
            "'op':'inCidr','values':['1.2.3.4/32','1.2.3.6/31']",
            "['1.2.3.4','1.2.3.6','1.2.3.7']",
            "['1.2.3.5','1.2.3.8']")
        .table("'op':'inCidr','values':['1.2.3.4/008']", "['1.0.0.0']", "['2.0.0.0']")
        .table(
            "'op':'inCidr','values':['::ffff:0:0/96']", "['1.2.3.4','::ffff:1.2.3.4']", "['::1']")
        .table("'op':'inCidr','values':['::ffff:10.0.0.0/104']", "['10.3.4.5']", "['11.0.0.0']")
        .table(
            "'op':'inCidr','values':['2001:db8::/33']",
            "['2001:db8:7fff::','2001:0db8:0:0:0:0:0:1','2001:DB8::A']",
            "['2001:db8:8000::','2001:db9::','2001:db8:::1','2001:db8::1::','2001:db8','2001:db8:0:0:0:0:0:0:1','2001:db8::12345','2001:db8::g','2001:db8::1%eth0','[2001:db8::1]','2001:db8::1/64',':2001:db8::','2001:db8::1:','2001:db8:0:0:0:0:0::1:2']")
        .table(
            "'op':'inCidr','values':['::1']",
            "['::1','0:0:0:0:0:0:0:1','0:0:0:0:0:0:0.0.0.1','::0.0.0.1','0000:0000:0000:0000:0000:0000:0000:0001']",
            "['::','::2',':::1','0:0:0:0:0:0:0:0:1','::0.0.1','::0.0.0.1:0','::01.0.0.1']")
        .table(
            "'op':'inCidr','values':['fe80::/10']",
            "['fe80::','febf:ffff::1']",
            "['fec0::','fe7f::']")
        .table(
            "'op':'inCidr','values':['1:2:3:4:5:6:7::']",
            "['1:2:3:4:5:6:7:0','1:2:3:4:5:6:7::','1:2:3:4:5:6:0.7.0.0']",
            "['1:2:3:4:5:6:7:8','1:2:3:4:5:6:7:0::','1:2:3:4:5:6:7:0.0.0.0']")
        .table("'op':'inCidr','values':['::/128']", "['::','0::0']", "['::1',':']");
  }

  private static Draft present() {
    Draft draft = byHand("present", "present, absent and null; all, any, not of tests");
    draft.table("'op':'present'", "['',0,-0.0,false,[],{},[null],'x',[[]]]", "[null]");
    draft.table("'op':'present','values':[]", "[0]", "[null]");
    draft.table("'op':'present','values':null", "[0]", "[null]");
    draft.when("absent", "{'attribute':'b','op':'present'}");
    draft.ask("absent", "{'a':1}", Draft.OFF).ask("absent", "{'b':1}", Draft.ON);
    for (String op : new String[] {"'op':'in','values':['x']", "'op':'lt','values':[1]"}) {
      String key = "b" + op.charAt(6);
      draft.when(key, "{'attribute':'b'," + op + "}");
      draft.when(key + "n", "{'attribute':'b'," + op + ",'negate':true}");
      draft.when(key + "not", "{'not':{'attribute':'b'," + op + "}}");
      draft.when(key + "both", "{'not':{'attribute':'b'," + op + ",'negate':true}}");
      draft
          .ask(key, "{}", Draft.OFF)
          .ask(key + "n", "{}", Draft.ON)
          .ask(key + "not", "{}", Draft.ON);
      draft.ask(key + "both", "{}", Draft.OFF);
    }
    String x = "{'attribute':'x','op':'in','values':[true]}";
    String y = "{'attribute':'y','op':'in','values':[true]}";
    draft.when("all", "{'all':[" + x + "," + y + "]}").when("any", "{'any':[" + x + "," + y + "]}");
    draft.when("not", "{'not':{'all':[" + x + "," + y + "]}}").when("all0", "{'all':[]}");
    draft
        .when("any0", "{'any':[]}")
        .when("allNull", "{'all':null}")
        .when("anyNull", "{'any':null}");
    draft
        .when("first", "{'any':[],'all':[" + x + "]}")
        .when("third", "{'not':{'all':[]},'segment':'s'}");
    for (int i = 0; i < 4; i++) {
      boolean isX = i > 1;
      boolean isY = i % 2 > 0;
      String context = "{'x':" + isX + ",'y':" + isY + "}";
      draft.ask("all", context, isX && isY ? Draft.ON : Draft.OFF);
      draft.ask("any", context, isX || isY ? Draft.ON : Draft.OFF);
      draft.ask("not", context, isX && isY ? Draft.OFF : Draft.ON);
      draft.ask("first", context, isX ? Draft.ON : Draft.OFF);
    }
    draft.ask("all0", "{}", Draft.ON).ask("any0", "{}", Draft.OFF).ask("allNull", "{}", Draft.ON);
    return draft.ask("anyNull", "{}", Draft.OFF).ask("third", "{}", Draft.OFF);
  }

  private static Draft pointers() {
    Draft draft = byHand("attributes", "names, kinds, JSON pointers, $region and $now");
    String context =
        "{'targetingKey':'u','a':{'b':['x',{'c':'x'},null,[['x']]],'':'x','/':'x','~':'x','~1':'x','0':'x','01':'x'},"
            + "'':'x','a/b':'x','$region':'x','l':['x'],'s':'x','a b':'x','\u00e9':'x','-1':'x',"
            + "'$kinds':{'o':{'targetingKey':'x','p':'x','q':{'r':'x'},'$kinds':'x'},'n':null,'user2':{}}}";
    String[] found = {
      "s",
      "a/b",
      "a b",
      "\u00e9",
      "-1",
      "/a/b/0",
      "/a/b/1/c",
      "/a/",
      "/a/~1",
      "/a/~0",
      "/a/~01",
      "/a/0",
      "/a/01",
      "/",
      "/a~1b",
      "/$region",
      "/l/0",
      "/s",
      "/-1"
    };
    String[] missing = {
      "t",
      "/t",
      "/a/b/2",
      "/a/b/4",
      "/a/b/00",
      "/a/b/-1",
      "/a/b/+0",
      "/a/b/",
      "/a/b/1/d",
      "/a/b/0/0",
      "/a/b/9999999999",
      "/a/b/123456789",
      "/a/b/\u0660",
      "/a/b/1/c/x",
      "/s/0",
      "/a/~2",
      "/a/~00",
      "/$kinds/o/p",
      "/l/00",
      "//a",
      "/a//b",
      "/targetingKey/0"
    };
    for (String name : found) {
      draft.when(name, "{'attribute':'" + name + "','op':'in','values':['x']}");
      draft.ask(name, context, Draft.ON);
    }
    for (String name : missing) {
      draft.when(name, "{'attribute':'" + name + "','op':'present'}");
      draft.ask(name, context, Draft.OFF);
    }
    draft
        .when("list", "{'attribute':'/a/b','op':'in','values':['x']}")
        .ask("list", context, Draft.ON);
    draft
        .when("nested", "{'attribute':'/a/b/3','op':'in','values':['x']}")
        .ask("nested", context, Draft.OFF);
    draft
        .when("item", "{'attribute':'/a/b/3/0','op':'in','values':['x']}")
        .ask("item", context, Draft.ON);
    draft.when("object", "{'attribute':'/a','op':'present'}").ask("object", context, Draft.ON);
    draft
        .when("unit", "{'attribute':'targetingKey','op':'in','values':['u']}")
        .ask("unit", context, Draft.ON);
    draft
        .when("unitPath", "{'attribute':'/targetingKey','op':'in','values':['u']}")
        .ask("unitPath", context, Draft.ON);
    draft
        .when("kind", "{'attribute':'p','kind':'o','op':'in','values':['x']}")
        .ask("kind", context, Draft.ON);
    draft
        .when("kindPath", "{'attribute':'/q/r','kind':'o','op':'in','values':['x']}")
        .ask("kindPath", context, Draft.ON);
    draft
        .when("kindUnit", "{'attribute':'targetingKey','kind':'o','op':'in','values':['x']}")
        .ask("kindUnit", context, Draft.ON);
    draft
        .when("kindKinds", "{'attribute':'/$kinds','kind':'o','op':'in','values':['x']}")
        .ask("kindKinds", context, Draft.ON);
    draft
        .when("kindTop", "{'attribute':'s','kind':'o','op':'present'}")
        .ask("kindTop", context, Draft.OFF);
    draft
        .when("kindNone", "{'attribute':'p','kind':'z','op':'present'}")
        .ask("kindNone", context, Draft.OFF);
    draft
        .when("kindNull", "{'attribute':'p','kind':'n','op':'present','negate':true}")
        .ask("kindNull", context, Draft.ON);
    draft
        .when("kindUser", "{'attribute':'s','kind':'user','op':'present'}")
        .ask("kindUser", context, Draft.ON);
    draft
        .when("region", "{'attribute':'$region','op':'in','values':['local']}")
        .ask("region", context, Draft.ON);
    draft
        .when(
            "regionKind",
            "{'attribute':'$region','kind':'z','op':'startsWith','values':['LOC'],'ignoreCase':true}")
        .ask("regionKind", "{}", Draft.ON);
    draft
        .when("regionIs", "{'attribute':'$region','op':'present'}")
        .ask("regionIs", "{}", Draft.ON);
    draft
        .when("now", "{'attribute':'$now','op':'after','values':['" + Draft.NOW + "']}")
        .ask("now", "{}", Draft.ON);
    draft.ask("now", "{}", Draft.OFF, "'now':'2027-01-15T07:59:59.999999Z'");
    draft
        .when(
            "nowBefore",
            "{'attribute':'$now','kind':'z','op':'before','values':['" + Draft.NOW + "']}")
        .ask("nowBefore", "{}", Draft.OFF);
    draft.ask("nowBefore", "{}", Draft.ON, "'now':'2027-01-15T07:59:59.999999Z'");
    draft
        .when("nowIs", "{'attribute':'$now','op':'present'}")
        .ask("nowIs", "{'$now':null}", Draft.ON);
    draft
        .when(
            "nowIn", "{'attribute':'$now','op':'in','values':['" + Draft.NOW + "',1800000000000]}")
        .ask("nowIn", "{}", Draft.OFF);
    draft
        .when("nowLt", "{'attribute':'$now','op':'lt','values':[1e300]}")
        .ask("nowLt", "{}", Draft.OFF);
    draft
        .when("nowNot", "{'attribute':'$now','op':'contains','values':[''],'negate':true}")
        .ask("nowNot", "{}", Draft.ON);
    draft
        .when("nowMatches", "{'attribute':'$now','op':'matches','values':['.*']}")
        .ask("nowMatches", "{}", Draft.OFF);
    draft
        .when("nowOwn", "{'attribute':'/$now','op':'in','values':['mine']}")
        .ask("nowOwn", "{'$now':'mine'}", Draft.ON);
    return draft;
  }

  private static Draft byHand(String name, String about) {
    return new Draft(name, Draft.BY_HAND, about);
  }
}
