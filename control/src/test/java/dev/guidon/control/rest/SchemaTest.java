package dev.guidon.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.guidon.model.FlagFormat;
import dev.guidon.model.LayerFormat;
import dev.guidon.model.Problems;
import dev.guidon.model.SegmentFormat;
import dev.guidon.model.json.Json;
import dev.guidon.model.json.JsonLimits;
import dev.guidon.model.json.JsonReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schemas and the reader agree. */
class SchemaTest {
  private static final Contract CONTRACT = new Contract();
  private static final String ENVELOPE =
      "'envelope':{'key':'a','type':'boolean','on':true,'variants':{'off':false,'on':true},'offVariant':'off'}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flag {E,'default':{'variant':'on'}}",
        "flag {E,'default':{'variant':null},'rules':[{'id':'r','from':'2026-01-01T00:00:00Z','if':{'all':[{'attribute':'n','op':'gte','values':[3]},{'not':{'segment':'s'}}]},'serve':{'split':{'shares':[{'variant':'on','weight':100000}]}}}]}",
        "flag {E,'default':{'variant':'on'},'targets':[{'variant':'on','keys':['u1']}],'prerequisites':[{'flag':'b','variants':['x']}],'staleness':{'seconds':5,'variant':'off'},'metadata':{'team':'a','n':1}}",
        "flag {E,'default':{'policy':{'key':'p','fallback':null}},'layer':'l','salt':'s','clientVisible':true}",
        "segment {'key':'s'}",
        "segment {'key':'s','kind':'organization','if':{'any':[{'attribute':'ip','op':'inCidr','values':['10.0.0.0/8']}]},'included':['a'],'excluded':{'count':0,'chunks':['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']}}",
        "layer {'key':'l','salt':'x','unit':'targetingKey','ranges':[{'flag':'a','rule':'r','from':0,'to':5}]}"
      })
  void whatIsGoodPassesBoth(String text) {
    assertThat(reads(text)).isTrue();
    assertThat(passes(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flag {}",
        "flag []",
        "flag {E}",
        "flag {E,'default':{'variant':'on'},'extra':1}",
        "flag {E,'default':{}}",
        "flag {E,'default':{'variant':7}}",
        "flag {'envelope':{'key':'a','type':'int','on':true,'variants':{'a':1}},'default':{'variant':'a'}}",
        "flag {'envelope':{'key':'a','type':'string','on':true,'variants':{'a':1}},'default':{'variant':'a'}}",
        "flag {'envelope':{'key':'a','type':'string','on':'yes','variants':{'a':'x'}},'default':{'variant':'a'}}",
        "flag {'envelope':{'key':' a','type':'boolean','on':true,'variants':{'a':true}},'default':{'variant':'a'}}",
        "flag {'envelope':{'key':'a','type':'boolean','on':true,'variants':{}},'default':{'variant':null}}",
        "flag {E,'default':{'variant':'on'},'rules':[{'id':'r','if':{'attribute':'n','op':'gte','values':['3']},'serve':{'variant':'on'}}]}",
        "flag {E,'default':{'variant':'on'},'rules':[{'id':'r','if':{'attribute':'n','op':'near','values':[3]},'serve':{'variant':'on'}}]}",
        "flag {E,'default':{'variant':'on'},'rules':[{'id':'r','if':{'attribute':'$x','op':'present'},'serve':{'variant':'on'}}]}",
        "flag {E,'default':{'variant':'on'},'rules':[{'serve':{'variant':'on'}}]}",
        "flag {E,'default':{'variant':'on'},'targets':[{'variant':'on','keys':['']}]}",
        "flag {E,'default':{'variant':'on'},'staleness':{'seconds':0,'variant':null}}",
        "flag {E,'default':{'split':{'shares':[{'variant':'on','weight':-1}]}}}",
        "flag {E,'default':{'variant':'on'},'metadata':{'a':[]}}",
        "segment {'key':''}",
        "segment {'key':'s','included':'u1'}",
        "segment {'key':'s','if':{}}",
        "layer {'key':'l','ranges':[{'flag':'a','rule':'r','from':0}]}",
        "layer {'key':'l','ranges':[{'flag':'a','rule':'r','from':-1,'to':5}]}"
      })
  void whatIsBadFailsBoth(String text) {
    assertThat(reads(text)).isFalse();
    assertThat(passes(text)).isFalse();
  }

  private static String document(String text) {
    return text.substring(text.indexOf(' ') + 1).replace("{E", "{" + ENVELOPE).replace('\'', '"');
  }

  private static boolean passes(String text) {
    return CONTRACT.accepts(text.substring(0, text.indexOf(' ')) + ".json", document(text));
  }

  private static boolean reads(String text) {
    Problems problems = new Problems();
    Json json = JsonReader.read(document(text), JsonLimits.DEFAULT);
    switch (text.substring(0, text.indexOf(' '))) {
      case "flag" -> FlagFormat.read(json, problems, /* strict= */ true);
      case "segment" -> SegmentFormat.read(json, problems, /* strict= */ true);
      default -> LayerFormat.read(json, problems, /* strict= */ true);
    }
    return problems.isEmpty();
  }
}
