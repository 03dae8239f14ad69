package dev.guidon.fuzz;

import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A bug put into a shipped class while it is loaded, by changing its bytecode: the shipped code
 * itself has no switch. Each target has at least one, and the loop that found nothing in the real
 * class must find it.
 *
 * @param what the mistake, as its author would tell it
 * @param type the class that has it
 * @param method by name; the mistake is in all of that name
 */
record Planted(String name, Kind target, String what, String type, String method, Mistake mistake) {
  /** The mistakes that are made. */
  enum Mistake {
    /** What the method catches, it catches no more. */
    CATCHES_NOTHING,
    /** The method answers false, or 0, at once. */
    ANSWERS_NOTHING,
    /** The last comparison of objects in the method counts as equal. */
    LAST_EQUALS_IS_TRUE,
    /** The second comparison of the order of two whole numbers in the method never refuses. */
    FORGETS_SECOND_BOUND
  }

  static final List<Planted> ALL =
      List.of(
          new Planted(
              "token-overflow",
              Kind.READERS,
              "a token's revision of twenty digits is nobody's mistake",
              "dev.guidon.model.Token",
              "parse",
              Mistake.CATCHES_NOTHING),
          new Planted(
              "half-an-escape",
              Kind.HTTP,
              "an address may end in the middle of an escape",
              "dev.guidon.control.rest.Percent",
              "decode",
              Mistake.FORGETS_SECOND_BOUND),
          new Planted(
              "delta-unchecked",
              Kind.FRAMES,
              "a view's hash is not held against the delta's",
              "dev.guidon.stream.ViewFormat",
              "apply",
              Mistake.LAST_EQUALS_IS_TRUE),
          new Planted(
              "record-unchecked",
              Kind.DISK,
              "a record's checksum is always 0",
              "dev.guidon.stream.StateStore",
              "crc",
              Mistake.ANSWERS_NOTHING),
          new Planted(
              "one-bucket",
              Kind.EVALUATOR,
              "everybody is in the first of the 100,000 buckets",
              "dev.guidon.engine.Bucketing",
              "slot",
              Mistake.ANSWERS_NOTHING));

  static Planted named(String name) {
    return ALL.stream()
        .filter(one -> one.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "planted bug: "
                    + name
                    + " (expected: one of "
                    + ALL.stream().map(Planted::name).toList()
                    + ")"));
  }

  boolean isIn(String className) {
    return className.equals(type);
  }

  byte[] plant(byte[] classFile) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, ClassReader.SKIP_FRAMES);
    int changed = 0;
    for (MethodNode one : node.methods) {
      if (one.name.equals(method) && change(one)) {
        changed++;
      }
    }
    if (changed == 0) {
      throw new IllegalStateException(
          name
              + ": "
              + type
              + "."
              + method
              + " has no place for "
              + mistake
              + " (expected: adapt the planted bug)");
    }
    ClassWriter writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected String getCommonSuperClass(String one, String other) {
            // Precise enough for the frames of the few methods that are changed.
            return "java/lang/Object";
          }
        };
    node.accept(writer);
    return writer.toByteArray();
  }

  private boolean change(MethodNode code) {
    return switch (mistake) {
      case CATCHES_NOTHING -> {
        boolean caught = !code.tryCatchBlocks.isEmpty();
        code.tryCatchBlocks.clear();
        yield caught;
      }
      case ANSWERS_NOTHING -> answersNothing(code);
      case LAST_EQUALS_IS_TRUE -> lastEqualsIsTrue(code);
      case FORGETS_SECOND_BOUND -> forgetsSecondBound(code);
    };
  }

  private static boolean answersNothing(MethodNode code) {
    Type answer = Type.getReturnType(code.desc);
    InsnList body = new InsnList();
    boolean isObject = answer.getSort() == Type.OBJECT;
    body.add(new InsnNode(isObject ? Opcodes.ACONST_NULL : Opcodes.ICONST_0));
    body.add(new InsnNode(isObject ? Opcodes.ARETURN : Opcodes.IRETURN));
    code.instructions = body;
    code.tryCatchBlocks.clear();
    code.localVariables = null;
    return true;
  }

  private static boolean lastEqualsIsTrue(MethodNode code) {
    for (AbstractInsnNode at = code.instructions.getLast(); at != null; at = at.getPrevious()) {
      if (at instanceof MethodInsnNode call && call.name.equals("equals")) {
        InsnList instead = new InsnList();
        instead.add(new InsnNode(Opcodes.POP2));
        instead.add(new InsnNode(Opcodes.ICONST_1));
        code.instructions.insert(call, instead);
        code.instructions.remove(call);
        return true;
      }
    }
    return false;
  }

  private static boolean forgetsSecondBound(MethodNode code) {
    int bounds = 0;
    for (AbstractInsnNode at = code.instructions.getFirst(); at != null; at = at.getNext()) {
      boolean isBound = at.getOpcode() >= Opcodes.IF_ICMPLT && at.getOpcode() <= Opcodes.IF_ICMPLE;
      if (isBound && ++bounds == 2) {
        code.instructions.set(at, new InsnNode(Opcodes.POP2));
        return true;
      }
    }
    return false;
  }
}
