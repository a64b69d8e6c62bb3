module @"discriminator.step" attributes {advas.function = "discriminator"} {
  func.func public @main(
    %arg0: tensor<1x2xf32> {advas.name = "D.0.weight", tf.aliasing_output = 1 : i32},
    %arg1: tensor<4x2xf32> {advas.name = "z"},
    %arg2: tensor<2x2xf32> {advas.name = "G.0.weight"},
    %arg3: tensor<4x2xf32> {advas.name = "x"},
    %arg4: tensor<f32> {advas.name = "step/learningRate"}
  ) -> (
    tensor<f32> {advas.name = "loss"},
    tensor<1x2xf32> {advas.name = "next D.0.weight"}
  ) {
    %v5 = stablehlo.dot_general %arg1, %arg2, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32> loc("d0 G.0"("specs/examples/smallest.yaml":8:26))
    %v6 = stablehlo.dot_general %v5, %arg0, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x1xf32> loc("d0 D.0"("specs/examples/smallest.yaml":9:26))
    %v7 = stablehlo.constant dense<0.0> : tensor<f32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v7_1 = stablehlo.reduce(%v6 init: %v7) applies stablehlo.add across dimensions = [0] : (tensor<4x1xf32>, tensor<f32>) -> tensor<1xf32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v8 = stablehlo.dot_general %arg3, %arg0, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x1xf32> loc("d0 D.0"("specs/examples/smallest.yaml":9:26))
    %v9 = stablehlo.constant dense<0.0> : tensor<f32> loc("d0 discriminator"("<prelude objectives.yaml>":22:66))
    %v9_1 = stablehlo.reduce(%v8 init: %v9) applies stablehlo.add across dimensions = [0] : (tensor<4x1xf32>, tensor<f32>) -> tensor<1xf32> loc("d0 discriminator"("<prelude objectives.yaml>":22:66))
    %v10 = stablehlo.subtract %v7_1, %v9_1 : tensor<1xf32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v11 = stablehlo.constant dense<0.25> : tensor<1xf32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v11_1 = stablehlo.multiply %v10, %v11 : tensor<1xf32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v12 = stablehlo.reshape %v11_1 : (tensor<1xf32>) -> tensor<f32> loc("d0 discriminator"("<prelude objectives.yaml>":22:46))
    %v13 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v13_1 = stablehlo.reduce(%arg3 init: %v13) applies stablehlo.add across dimensions = [0] : (tensor<4x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v14 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v14_1 = stablehlo.reduce(%v5 init: %v14) applies stablehlo.add across dimensions = [0] : (tensor<4x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v15 = stablehlo.subtract %v14_1, %v13_1 : tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v16 = stablehlo.constant dense<0.25> : tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v16_1 = stablehlo.multiply %v15, %v16 : tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v17 = stablehlo.reshape %v16_1 : (tensor<2xf32>) -> tensor<1x2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v18 = stablehlo.broadcast_in_dim %arg4, dims = [] : (tensor<f32>) -> tensor<1x2xf32> loc("d0 discriminator.optimizer"("specs/examples/smallest.yaml":12:12))
    %v19 = stablehlo.multiply %v17, %v18 : tensor<1x2xf32> loc("d0 discriminator.optimizer"("specs/examples/smallest.yaml":12:12))
    %v20 = stablehlo.subtract %arg0, %v19 : tensor<1x2xf32> loc("d0 discriminator.optimizer"("specs/examples/smallest.yaml":12:12))
    %v21 = stablehlo.constant dense<0.01> : tensor<1x2xf32> loc("d0 weight_clipping"("<prelude constraints.yaml>":20:12))
    %v22 = stablehlo.minimum %v20, %v21 : tensor<1x2xf32> loc("d0 weight_clipping"("<prelude constraints.yaml>":20:12))
    %v23 = stablehlo.constant dense<-0.01> : tensor<1x2xf32> loc("d0 weight_clipping"("<prelude constraints.yaml>":20:12))
    %v24 = stablehlo.maximum %v22, %v23 : tensor<1x2xf32> loc("d0 weight_clipping"("<prelude constraints.yaml>":20:12))
    return %v12, %v24 : tensor<f32>, tensor<1x2xf32>
  }
}

// -----

module @"generator.step" attributes {advas.function = "generator [advas]"} {
  func.func public @main(
    %arg0: tensor<2x2xf32> {advas.name = "G.0.weight", tf.aliasing_output = 3 : i32},
    %arg1: tensor<4x2xf32> {advas.name = "z"},
    %arg2: tensor<1x2xf32> {advas.name = "D.0.weight"},
    %arg3: tensor<4x2xf32> {advas.name = "x"},
    %arg4: tensor<f32> {advas.name = "step/learningRate"}
  ) -> (
    tensor<f32> {advas.name = "loss"},
    tensor<f32> {advas.name = "advas"},
    tensor<f32> {advas.name = "advas.weight"},
    tensor<2x2xf32> {advas.name = "next G.0.weight"}
  ) {
    %v5 = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32> loc("d0 G.0"("specs/examples/smallest.yaml":8:26))
    %v6 = stablehlo.dot_general %v5, %arg2, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<1x2xf32>) -> tensor<4x1xf32> loc("d0 D.0"("specs/examples/smallest.yaml":9:26))
    %v7 = stablehlo.constant dense<0.0> : tensor<f32> loc("d0 generator"("<prelude objectives.yaml>":23:43))
    %v7_1 = stablehlo.reduce(%v6 init: %v7) applies stablehlo.add across dimensions = [0] : (tensor<4x1xf32>, tensor<f32>) -> tensor<1xf32> loc("d0 generator"("<prelude objectives.yaml>":23:43))
    %v8 = stablehlo.constant dense<-0.25> : tensor<1xf32> loc("d0 generator"("<prelude objectives.yaml>":23:42))
    %v8_1 = stablehlo.multiply %v7_1, %v8 : tensor<1xf32> loc("d0 generator"("<prelude objectives.yaml>":23:42))
    %v9 = stablehlo.reshape %v8_1 : (tensor<1xf32>) -> tensor<f32> loc("d0 generator"("<prelude objectives.yaml>":23:42))
    %v10 = stablehlo.constant dense<1.0> : tensor<f32> loc("d0 generator"("<prelude objectives.yaml>":23:42))
    %v11 = stablehlo.slice %v5 [0:2, 0:2] : (tensor<4x2xf32>) -> tensor<2x2xf32> loc("d0 advas"("<prelude objectives.yaml>":22:57))
    %v12 = stablehlo.slice %arg3 [0:2, 0:2] : (tensor<4x2xf32>) -> tensor<2x2xf32> loc("d0 advas"("<prelude objectives.yaml>":22:77))
    %v13 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v13_1 = stablehlo.reduce(%v12 init: %v13) applies stablehlo.add across dimensions = [0] : (tensor<2x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v14 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v14_1 = stablehlo.reduce(%v11 init: %v14) applies stablehlo.add across dimensions = [0] : (tensor<2x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v15 = stablehlo.subtract %v14_1, %v13_1 : tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v16 = stablehlo.slice %v5 [2:4, 0:2] : (tensor<4x2xf32>) -> tensor<2x2xf32> loc("d0 advas"("<prelude objectives.yaml>":22:57))
    %v17 = stablehlo.slice %arg3 [2:4, 0:2] : (tensor<4x2xf32>) -> tensor<2x2xf32> loc("d0 advas"("<prelude objectives.yaml>":22:77))
    %v18 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v18_1 = stablehlo.reduce(%v17 init: %v18) applies stablehlo.add across dimensions = [0] : (tensor<2x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v19 = stablehlo.constant dense<0.0> : tensor<f32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v19_1 = stablehlo.reduce(%v16 init: %v19) applies stablehlo.add across dimensions = [0] : (tensor<2x2xf32>, tensor<f32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v20 = stablehlo.subtract %v19_1, %v18_1 : tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v21 = stablehlo.multiply %v15, %v20 : tensor<2xf32> loc("d0 advas"("<prelude game_penalties.yaml>":16:9))
    %v22 = stablehlo.constant dense<0.0> : tensor<f32> loc("d0 advas"("<prelude game_penalties.yaml>":16:9))
    %v22_1 = stablehlo.reduce(%v21 init: %v22) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32> loc("d0 advas"("<prelude game_penalties.yaml>":16:9))
    %v23 = stablehlo.constant dense<0.25> : tensor<f32> loc("d0 advas"("<prelude game_penalties.yaml>":16:9))
    %v23_1 = stablehlo.multiply %v22_1, %v23 : tensor<f32> loc("d0 advas"("<prelude game_penalties.yaml>":16:9))
    %v24 = stablehlo.constant dense<0.25> : tensor<2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v24_1 = stablehlo.multiply %v15, %v24 : tensor<2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v25 = stablehlo.broadcast_in_dim %v24_1, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v26 = stablehlo.constant dense<0.25> : tensor<2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v26_1 = stablehlo.multiply %v20, %v26 : tensor<2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v27 = stablehlo.broadcast_in_dim %v26_1, dims = [1] : (tensor<2xf32>) -> tensor<2x2xf32> loc("d2 D.0"("specs/examples/smallest.yaml":9:26))
    %v28 = stablehlo.concatenate %v27, %v25, dim = 0 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32> loc("d1 advas"("<prelude objectives.yaml>":22:57))
    %v29 = stablehlo.constant dense<-0.25> : tensor<1x2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v29_1 = stablehlo.multiply %arg2, %v29 : tensor<1x2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v30 = stablehlo.reshape %v29_1 : (tensor<1x2xf32>) -> tensor<2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v31 = stablehlo.broadcast_in_dim %v30, dims = [1] : (tensor<2xf32>) -> tensor<4x2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v32 = stablehlo.add %v28, %v31 : tensor<4x2xf32> loc("d1 D.0"("specs/examples/smallest.yaml":9:26))
    %v33 = stablehlo.dot_general %v32, %arg1, contracting_dims = [0] x [0], precision = [HIGHEST, HIGHEST] : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<2x2xf32> loc("d1 G.0"("specs/examples/smallest.yaml":8:26))
    %v34 = stablehlo.broadcast_in_dim %arg4, dims = [] : (tensor<f32>) -> tensor<2x2xf32> loc("d0 generator.optimizer"("specs/examples/smallest.yaml":12:12))
    %v35 = stablehlo.multiply %v33, %v34 : tensor<2x2xf32> loc("d0 generator.optimizer"("specs/examples/smallest.yaml":12:12))
    %v36 = stablehlo.subtract %arg0, %v35 : tensor<2x2xf32> loc("d0 generator.optimizer"("specs/examples/smallest.yaml":12:12))
    return %v9, %v23_1, %v10, %v36 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<2x2xf32>
  }
}

// -----

module @"G.sample" attributes {advas.function = "sample G"} {
  func.func public @main(
    %arg0: tensor<64x2xf32> {advas.name = "z"},
    %arg1: tensor<2x2xf32> {advas.name = "G.0.weight"}
  ) -> (
    tensor<64x2xf32> {advas.name = "samples"}
  ) {
    %v2 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : (tensor<64x2xf32>, tensor<2x2xf32>) -> tensor<64x2xf32> loc("d0 G.0"("specs/examples/smallest.yaml":8:26))
    return %v2 : tensor<64x2xf32>
  }
}
